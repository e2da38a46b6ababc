"""A visitor has a conversation erased: what an editor has made of its messages goes with it, out of all that is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from frontdesk import environment, worker
from frontdesk.chat import database
from frontdesk.content import files, services, suggestion_services
from frontdesk.content.builds import build_now
from frontdesk.content.draft import build_folder
from frontdesk.content.erased_examples import erased_still_live
from frontdesk.content.models import Build, Change, Live, Release, Suggestion
from frontdesk.content.questions import content
from frontdesk.content.services import CannotBeDone
from frontdesk.content.suggestion_services import examples_erase
from frontdesk.conversations.models import Conversation, Message
from frontdesk.privacy.models import Erasure
from frontdesk.privacy.services import RETENTION, STAFF, VISITOR, conversation_erase, erasures_finish
from frontdesk.review import summaries
from frontdesk.review.tests.conftest import Chats, chats

__all__ = ["chats"]

MAKEUP, WATER = "aftercare/makeup", "aftercare/water"
WORDS = "zanzibarquux parking there"
Accepted = Callable[..., tuple[Conversation, Change]]

pytestmark = pytest.mark.usefixtures("files_of_content")


@pytest.fixture
def accepted(chats: Chats, dave: User) -> Accepted:
    """A message that was not understood, and that Dave has made an example."""

    def accept(text: str = WORDS, edited: str = "") -> tuple[Conversation, Change]:
        made = chats(text, key=MAKEUP, confidence=0.2, answers=["system/not_understood"])
        pk = Message.objects.get(conversation=made, sender=Message.Sender.VISITOR).pk
        change = suggestion_services.accept(dave, MAKEUP, [pk], {pk: edited}).change
        return made, change or Change.objects.latest("pk")

    return accept


def _goes_live(number: int, build: Build) -> Release:
    """As a release does, without a model."""
    now = timezone.now()
    Release.objects.filter(state=Release.State.LIVE).update(state=Release.State.REPLACED)
    release = Release.objects.create(
        number=number, build=build, read_by=build, state=Release.State.LIVE, name="Dave", at=now, live_at=now,
        up_to=Change.objects.filter(written=True).order_by("-pk").values_list("pk", flat=True).first() or 0,
    )  # fmt: skip
    Live.objects.update_or_create(pk=1, defaults={"release": release, "address": "http://127.0.0.1:1"})
    return release


def _kept_in(word: str = "zanzibarquux") -> list[str]:
    """Where a word still stands: the draft, builds, the record of changes."""
    folders = {"draft": environment.CONTENT} | {folder.name: folder for folder in (environment.VAR / "content").glob("*")}
    found = [
        name for name, folder in folders.items() if any(word in path.read_text() for path in (folder / "data").glob("*.yml"))
    ]
    return found + (["changes"] if any(word in str(change.operations) for change in Change.objects.all()) else [])


@pytest.mark.parametrize("by", [VISITOR, STAFF])
def test_on_request_its_example_goes_from_the_draft_and_from_what_is_kept(accepted: Accepted, by: str) -> None:
    conversation, _ = accepted()
    build_now()
    assert len(_kept_in()) == 3

    conversation_erase(conversation.pk, by=by)
    done = examples_erase()

    assert done
    assert _kept_in() == []
    erased = Change.objects.get(kind=Change.Kind.ERASED)
    assert (erased.name, erased.user, erased.written) == ("Front desk", None, True)


def test_when_its_time_is_over_the_example_stays(accepted: Accepted) -> None:
    conversation, _ = accepted()

    conversation_erase(conversation.pk, by=RETENTION)
    examples_erase()

    assert WORDS in content().by_words
    assert not Suggestion.objects.exists()
    assert not Change.objects.filter(kind=Change.Kind.ERASED).exists()


def test_the_change_can_then_not_be_undone(accepted: Accepted, dave: User) -> None:
    conversation, _ = accepted()
    conversation_erase(conversation.pk)
    examples_erase()

    for one in Change.objects.all():
        with pytest.raises(CannotBeDone, match="erased"):
            services.change_undo(dave, one)


def test_other_examples_stay_as_they_are(accepted: Accepted, dave: User) -> None:
    accepted("another van")
    conversation, _ = accepted()
    before = {path.name: path.read_text() for path in (environment.CONTENT / "data").glob("*.yml")}

    conversation_erase(conversation.pk)
    examples_erase()

    after = {path.name: path.read_text() for path in (environment.CONTENT / "data").glob("*.yml")}
    assert after == {name: text.replace(f"      - {WORDS}\n", "") for name, text in before.items()}


def test_what_another_visitor_has_said_in_the_same_words_stays(accepted: Accepted) -> None:
    first, _ = accepted()
    second, _ = accepted()

    conversation_erase(first.pk)
    examples_erase()
    assert WORDS in content().by_words

    conversation_erase(second.pk)
    examples_erase()
    assert _kept_in() == []


def test_an_example_that_was_there_before_stays(accepted: Accepted) -> None:
    example = content().questions[WATER].examples[0]
    conversation = accepted("another van")[0]
    Suggestion.objects.update(example="")  # its words were an example already

    conversation_erase(conversation.pk)
    examples_erase()

    assert example in content().questions[WATER].examples
    assert not Change.objects.filter(kind=Change.Kind.ERASED).exists()


@pytest.mark.parametrize("moved", [False, True])
def test_it_is_found_where_it_was_moved_and_as_it_was_changed(accepted: Accepted, dave: User, moved: bool) -> None:
    conversation, _ = accepted()
    services.example_change(dave, MAKEUP, WORDS, "zanzibarquux otherwise")
    if moved:
        services.examples_move(dave, MAKEUP, ["zanzibarquux otherwise"], WATER)

    conversation_erase(conversation.pk)
    examples_erase()

    assert _kept_in() == []


def test_it_is_no_matter_that_somebody_has_deleted_it_already(accepted: Accepted, dave: User) -> None:
    conversation, _ = accepted()
    services.examples_delete(dave, MAKEUP, [WORDS])

    conversation_erase(conversation.pk)

    assert examples_erase()
    assert _kept_in() == []


def test_of_what_is_live_it_stays_until_the_next_release(accepted: Accepted) -> None:
    conversation, _ = accepted()
    first = build_now()
    _goes_live(1, first)

    conversation_erase(conversation.pk)
    assert examples_erase()
    changes = [change for change in Change.objects.exclude(kind=Change.Kind.ERASED) if WORDS in str(change.operations)]
    assert changes == []
    assert erased_still_live()
    assert WORDS in content(build_folder(first.digest)).by_words

    _goes_live(2, build_now())
    examples_erase()
    assert not erased_still_live()
    assert _kept_in() == []


def test_a_file_that_cannot_be_written_leaves_it_due(accepted: Accepted, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation, _ = accepted()

    def fail(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files, "replace", fail)
        assert conversation_erase(conversation.pk)
        with pytest.raises(OSError, match="No space"):
            examples_erase()
        summaries.words_purge()
        assert erasures_finish() == 0
    assert not Conversation.objects.exists()
    assert WORDS in content().by_words

    assert examples_erase()
    assert erasures_finish() == 1
    assert _kept_in() == []


def test_a_file_that_cannot_be_read_does_not_prevent_the_erasure(accepted: Accepted, files_of_content: Path) -> None:
    conversation, _ = accepted()
    (files_of_content / "data" / "price.yml").write_text("nlu: [")

    assert conversation_erase(conversation.pk)

    assert not Conversation.objects.exists()
    assert not Change.objects.get(kind=Change.Kind.ERASED).written


@pytest.mark.parametrize("dies_in", ["apply", "example_erase", "blank"])
def test_whoever_dies_in_it_the_next_round_does_it(accepted: Accepted, monkeypatch: pytest.MonkeyPatch, dies_in: str) -> None:
    conversation, _ = accepted()
    build_now()
    conversation_erase(conversation.pk)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if dies_in == "apply":
            patch.setattr(files, "apply", die)
        else:
            patch.setattr(f"frontdesk.content.erased_examples.{dies_in}", die)
        with pytest.raises(KeyboardInterrupt):
            examples_erase()

    assert examples_erase()
    assert _kept_in() == []


def test_before_an_editors_next_change_it_is_done_first(accepted: Accepted, dave: User) -> None:
    conversation, _ = accepted()
    conversation_erase(conversation.pk)

    services.examples_add(dave, WATER, ["may i have a glass of it then"])

    assert WORDS not in content().by_words


async def test_the_worker_does_it(accepted: Accepted, chats: Any) -> None:
    conversation, _ = await database.write(accepted)
    await database.write(conversation_erase, conversation.pk)

    await worker.sum_up()
    await worker.tend()

    assert await database.read(_kept_in) == []
    assert not await Erasure.objects.aexists()
