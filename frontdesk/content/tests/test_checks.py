"""What a release must pass: asked of two assistants, what is to go live and what is live."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from django.utils import timezone

from frontdesk.chat import assistant
from frontdesk.conftest import Assistant, Clock, Settings, Visitor, _listening
from frontdesk.content import checks
from frontdesk.content.checks import MOST_LINES, MOST_WORSE, Side, has_passed
from frontdesk.content.draft import Difference
from frontdesk.content.kept_tests import KeptTest, kept_test_add
from frontdesk.content.live import Served
from frontdesk.content.questions import Content, Question, wording_of
from frontdesk.content.readings import NoReading, _name
from frontdesk.conversations.models import Message
from safety import Level

pytestmark = pytest.mark.django_db(transaction=True)
MAKEUP, PAIN = "aftercare/makeup", "side_effects/pain"
EMERGENCY, ROUTINE, ASKED = "it went dark on one side", "i take something for my thyroid", "does it hurt"
Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def lines(tmp_path: Path, environment_with: Settings, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """What is asked: one message of each kind, unless a test says otherwise; and no test of the editors'."""
    (tmp_path / "data").mkdir()
    environment_with(VAR=tmp_path / "var", CONTENT=tmp_path, GIT=False)
    asked: dict[str, list[Any]] = {
        "emergencies": [EMERGENCY], "concerns": [ROUTINE], "questions": [{"text": ASKED, "key": PAIN}], "out_of_scope": [],
    }  # fmt: skip
    monkeypatch.setattr(checks, "_emergency_lines", lambda: (len(asked["emergencies"]) + 5, tuple(asked["emergencies"])))
    monkeypatch.setattr(checks, "_lines_of_level", lambda levels: asked["concerns"])
    monkeypatch.setattr(checks, "_yaml", lambda name: asked[Path(name).stem])
    return asked


class Sides:
    """Two assistants: `draft` is to go live, `live` is. They say the same, until a test says otherwise."""

    def __init__(self, draft: Assistant, live: Assistant, addresses: list[str], client: aiohttp.ClientSession) -> None:
        self.draft, self.live = draft, live
        self.client = client
        self.told: list[tuple[str, int, int]] = []
        self._addresses = addresses
        for one in (draft, live):
            one.gate.set()
            one.says("It is mild.", key=PAIN)
            one.calls_person("Call 999.", to=EMERGENCY, level="emergency", key="safety/emergency")
            one.calls_person("Please ask a person.", to=ROUTINE, level="routine", key="safety/personal")

    async def run(self, found: tuple[Difference, ...] = (), *, wording_alone: bool = False, model: str = "b") -> dict[str, Any]:
        """The report."""
        draft, live = (
            Side(Served(address), name, Content({})) for address, name in zip(self._addresses, (model, "a"), strict=True)
        )
        return await checks.run(
            self.client, draft, live, found, wording_alone=wording_alone, tell=lambda *said: self.told.append(said)
        )


@pytest_asyncio.fixture
async def sides() -> AsyncIterator[Sides]:
    """Both of them, listening."""
    draft, live = Assistant(), Assistant()
    async with _listening(draft) as first, _listening(live) as second, assistant.new_client() as client:
        yield Sides(draft, live, [first, second], client)


def _check(report: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [one for one in report["checks"] if one["name"] == name]
    return dict(found)


async def test_what_is_the_same_passes(sides: Sides) -> None:
    report = await sides.run()

    assert [one["name"] for one in report["checks"]] == [
        "wording",
        "kept_tests",
        "emergencies",
        "concerns",
        "topics",
        "visitors",
    ]
    assert all(one["passed"] and one["lines"] == [] for one in report["checks"])
    assert has_passed(report)
    assert json.loads(json.dumps(report)) == report


# Emergencies and concerns.


@pytest.mark.parametrize("level", ["none", "routine", "urgent"])
async def test_an_emergency_that_is_lost_stops_it_and_is_named(sides: Sides, level: str) -> None:
    sides.draft.says("It is mild.", to=EMERGENCY, key=PAIN, concern=level)

    report = await sides.run()

    found = _check(report, "emergencies")
    assert not has_passed(report)
    assert (found["passed"], found["stops"], found["looked_at"], found["asked"]) == (False, True, 6, 1)
    assert found["lines"] == [
        {"text": EMERGENCY, "before": "emergency", "after": level, "said": [PAIN], "confidence": 0.9, "concern": level}
    ]


async def test_an_emergency_that_is_not_recognised_today_either_does_not_stop_it(sides: Sides) -> None:
    for one in (sides.draft, sides.live):
        one.says("It is mild.", to=EMERGENCY, key=PAIN)

    assert has_passed(await sides.run())


async def test_an_emergency_that_is_recognised_now_is_no_loss(sides: Sides) -> None:
    sides.live.says("It is mild.", to=EMERGENCY, key=PAIN)

    assert _check(await sides.run(), "emergencies")["lines"] == []


def test_the_emergencies_that_are_asked_are_those_that_the_rules_do_not_see(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the real ones

    everything, asked = checks._emergency_lines()

    assert 0 < len(asked) < everything
    assert all(checks.red_flags().check(text).level < Level.EMERGENCY for text in asked)


async def test_of_concerns_one_in_twenty_may_be_missed(sides: Sides, lines: dict[str, list[Any]]) -> None:
    lines["concerns"] = [f"{ROUTINE} {number}" for number in range(20)]
    for text in lines["concerns"]:
        for one in (sides.draft, sides.live):
            one.calls_person("Please ask a person.", to=text, level="routine", key="safety/personal")
    sides.draft.says("It is mild.", to=lines["concerns"][3], key=PAIN)
    one_missed = await sides.run()
    sides.draft.says("It is mild.", to=lines["concerns"][7], key=PAIN)
    two_missed = await sides.run(model="c")

    assert (_check(one_missed, "concerns")["passed"], _check(one_missed, "concerns")["share"]) == (True, 0.95)
    assert [line["text"] for line in _check(one_missed, "concerns")["lines"]] == [lines["concerns"][3]]
    assert not has_passed(two_missed)
    assert len(_check(two_missed, "concerns")["lines"]) == 2


# The editors' tests.


@pytest.mark.parametrize("test", [KeptTest("and makeup?", key=MAKEUP), KeptTest("and makeup?", concern="urgent")])
async def test_a_test_of_the_editors_that_fails_stops_it(sides: Sides, test: KeptTest) -> None:
    kept_test_add("Dave", test)

    report = await sides.run()

    found = _check(report, "kept_tests")
    assert not has_passed(report)
    assert [(line["text"], line["wanted"], line["said"]) for line in found["lines"]] == [
        ("and makeup?", test.key or test.concern, [PAIN])
    ]


async def test_a_test_of_the_editors_that_passes_is_counted(sides: Sides) -> None:
    kept_test_add("Dave", KeptTest("does that hurt", key=PAIN))

    found = _check(await sides.run(), "kept_tests")

    assert (found["passed"], found["looked_at"], found["lines"]) == (True, 1, [])


# Topics.


def _questions(lines: dict[str, list[Any]], count: int) -> list[str]:
    lines["questions"] = [{"text": f"{ASKED} {number}", "key": PAIN} for number in range(count)]
    return [one["text"] for one in lines["questions"]]


async def test_topics_may_be_two_points_worse_and_no_more(sides: Sides, lines: dict[str, list[Any]]) -> None:
    texts = _questions(lines, 50)
    sides.draft.says("Leave it off.", to=texts[0], key=MAKEUP)
    one_wrong = await sides.run()
    sides.draft.says("Leave it off.", to=texts[1], key=MAKEUP)
    two_wrong = await sides.run(model="c")

    assert 1 / 50 <= MOST_WORSE < 2 / 50
    assert has_passed(one_wrong)
    assert not has_passed(two_wrong)
    assert not _check(two_wrong, "topics")["passed"]
    assert _check(two_wrong, "topics")["topics"] == [{"topic": "side_effects", "asked": 50, "before": 50, "after": 48}]
    assert [line["text"] for line in _check(two_wrong, "topics")["lines"]] == texts[:2]
    assert _check(two_wrong, "topics")["lines"][0] == {
        "text": texts[0], "wanted": PAIN, "before": [PAIN], "said": [MAKEUP], "confidence": 0.9, "concern": "none",
    }  # fmt: skip


async def test_what_is_better_elsewhere_counts(sides: Sides, lines: dict[str, list[Any]]) -> None:
    texts = _questions(lines, 10)
    sides.draft.says("Leave it off.", to=texts[0], key=MAKEUP)
    sides.live.says("Leave it off.", to=texts[1], key=MAKEUP)

    report = await sides.run()

    assert has_passed(report)
    assert [line["text"] for line in _check(report, "topics")["lines"]] == texts[:1]


async def test_another_answer_that_is_right_too_is_right(sides: Sides, lines: dict[str, list[Any]]) -> None:
    lines["questions"] = [{"text": ASKED, "key": MAKEUP, "also": [PAIN]}]

    [topic] = _check(await sides.run(), "topics")["topics"]

    assert (topic["before"], topic["after"]) == (1, 1)


@pytest.mark.parametrize(("key", "right"), [("fallback/out_of_scope", 1), ("handoff/person", 1), (PAIN, 0)])
async def test_what_is_out_of_scope_must_get_no_fact(sides: Sides, lines: dict[str, list[Any]], key: str, right: int) -> None:
    lines["questions"], lines["out_of_scope"] = [], [{"text": "who won the match", "key": "fallback/out_of_scope"}]
    sides.draft.says("…", to="who won the match", key=key)

    [topic] = _check(await sides.run(), "topics")["topics"]

    assert topic["after"] == right


async def test_of_many_lines_some_are_left_out_and_counted(sides: Sides, lines: dict[str, list[Any]]) -> None:
    _questions(lines, MOST_LINES + 3)
    sides.draft.says("Leave it off.", key=MAKEUP)

    found = _check(await sides.run(), "topics")

    assert (len(found["lines"]), found["left_out"]) == (MOST_LINES, 3)


# Visitors' messages.


async def test_visitors_messages_are_told_by_which_they_are_and_never_in_words(
    sides: Sides, visitor: Visitor, bot: Assistant
) -> None:
    bot.says("It is mild.", key=PAIN)
    for text in ("my name is Ann Example, does it hurt", "is it painful", "my name is Ann Example, does it hurt"):
        await visitor.says(text)
    sides.draft.says("Leave it off.", to="my name is Ann Example, does it hurt", key=MAKEUP)

    report = await sides.run()

    found = _check(report, "visitors")
    newest = await Message.objects.filter(text__startswith="my name").alast()
    assert newest is not None
    assert (found["looked_at"], found["passed"], found["stops"]) == (2, False, False)
    assert found["lines"] == [
        {"message": newest.pk, "before": [PAIN], "after": [MAKEUP], "concern_before": "none", "concern_after": "none"}
    ]
    assert "Ann" not in json.dumps(report)
    assert has_passed(report)


async def test_a_visitors_words_are_not_remembered(sides: Sides, visitor: Visitor, bot: Assistant, tmp_path: Path) -> None:
    await visitor.says("my name is Ann Example")

    await sides.run()

    known = [json.loads(file.read_text()) for file in (tmp_path / "var/readings").iterdir()]
    assert len([one for one in sides.draft.asked if one["text"] == "my name is Ann Example"]) == 1
    assert sorted(len(one) for one in known) == [1, 3]  # of the draft every line of the tests, of what is live the question
    assert not any(_name("my name is Ann Example") in one for one in known)


async def test_how_serious_a_message_is_taken_is_compared_too(sides: Sides, visitor: Visitor, bot: Assistant) -> None:
    await visitor.says("is it painful")
    sides.draft.says("It is mild.", to="is it painful", key=PAIN, concern="urgent")

    [line] = _check(await sides.run(), "visitors")["lines"]

    assert (line["concern_before"], line["concern_after"]) == ("none", "urgent")


async def test_messages_of_months_ago_and_buttons_are_not_asked(
    sides: Sides, visitor: Visitor, bot: Assistant, clock: Clock
) -> None:
    bot.says("It is mild.", choices=[{"id": MAKEUP, "title": "Makeup"}])
    await visitor.says("is it painful")
    await visitor.presses(MAKEUP)
    await Message.objects.filter(choice="").aupdate(sent_at=timezone.now() - checks.WEEKS * 2)

    assert _check(await sides.run(), "visitors")["looked_at"] == 0


# Wording.


def _reworded(text: str) -> Difference:
    before = Question(
        MAKEUP, "aftercare.yml", ("makeup",), (wording_of({"text": "Leave it off.", "metadata": {"facts": ["after_makeup"]}}),)
    )
    after = replace(before, wordings=(wording_of({"text": text, "metadata": {"facts": ["after_makeup"]}}),))
    return Difference(after, before, after, (), ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Leave it off. Call {telephone}.", "place_unknown"),
        ("It costs £200.", "price"),
        ("Stop your aspirin.", "medicine"),
        ("Keep it off.", ""),
    ],
)
async def test_an_answer_that_cannot_be_said_stops_it(sides: Sides, text: str, code: str) -> None:
    report = await sides.run((_reworded(text),), wording_alone=True)

    found = _check(report, "wording")
    assert (has_passed(report), found["passed"], found["looked_at"]) == (not code, not code, 1)
    assert [line["code"] for line in found["lines"] if line["stops"]] == ([code] if code else [])


async def test_what_should_be_looked_at_does_not_stop_it(sides: Sides) -> None:
    report = await sides.run((_reworded("Leave it off. " * 50),), wording_alone=True)

    assert has_passed(report)
    assert "long" in [line["code"] for line in _check(report, "wording")["lines"]]


async def test_of_wording_alone_nothing_is_read_but_the_editors_tests(sides: Sides) -> None:
    kept_test_add("Dave", KeptTest(ASKED, key=PAIN))

    report = await sides.run((_reworded("Keep it off."),), wording_alone=True)

    assert [one["name"] for one in report["checks"]] == ["wording", "kept_tests"]
    assert [one["text"] for one in sides.draft.asked] == [ASKED]
    assert sides.live.asked == []


# How they are run.


async def test_how_far_they_are_is_told(sides: Sides) -> None:
    await sides.run()

    assert [said for said in sides.told if said[1]] == [
        ("emergencies", 1, 1), ("concerns", 1, 1), ("topics", 1, 1), ("topics_live", 1, 1),
    ]  # fmt: skip


async def test_what_a_model_made_of_a_line_is_known_the_next_time(sides: Sides) -> None:
    first = await sides.run()
    asked = len(sides.draft.asked)

    second = await sides.run()

    assert asked == 3
    assert len(sides.draft.asked) == asked
    assert second["checks"] == first["checks"]


async def test_another_model_is_asked_anew(sides: Sides) -> None:
    await sides.run()
    sides.draft.says("It is mild.", to=EMERGENCY, key=PAIN)

    assert not has_passed(await sides.run(model="c"))


async def test_without_an_answer_there_is_no_report(sides: Sides) -> None:
    sides.draft.status = 500

    with pytest.raises(NoReading, match="status_500"):
        await sides.run()


async def test_a_side_that_is_not_there_is_asked_again_and_then_given_up(sides: Sides) -> None:
    sides.live.is_there = False

    with pytest.raises(NoReading):
        await sides.run()
