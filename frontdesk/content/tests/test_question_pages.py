"""The pages of questions, their examples and answers, as an editor uses them."""

from __future__ import annotations

import errno
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from frontdesk.clinic.models import Clinic
from frontdesk.content import answer_form, files, services
from frontdesk.content.answer_form import typed_of
from frontdesk.content.draft import build_folder
from frontdesk.content.models import Build, Change, Live, Release
from frontdesk.content.questions import Question, content
from frontdesk.content.tests.test_answer_form import fields

MAKEUP = "/desk/content/questions/aftercare/makeup"


@pytest.fixture
def editor(client: Client, dave: User, clinic: Clinic, files_of_content: Path) -> Client:
    """Dave's browser, and files that he may change."""
    client.force_login(dave)
    return client


@pytest.fixture
def another(erin: User) -> Client:
    """Erin's browser."""
    browser = Client()
    browser.force_login(erin)
    return browser


def question(key: str = "aftercare/makeup") -> Question:
    return content().questions[key]


def text_of(answered: Any) -> str:
    return str(answered.content.decode())


def undo(browser: Client, page: str = "") -> Any:
    """Presses the button of the newest change."""
    change = Change.objects.latest("pk")
    return browser.post(
        f"/desk/content/changes/{change.pk}/undo", headers={"Referer": f"http://testserver{page}"} if page else {}, follow=True
    )


def answer(text: str) -> dict[str, Any]:
    """The form of the makeup answer with another first text, as a browser sends it."""
    known = content()
    one = known.questions["aftercare/makeup"]
    given = fields(typed_of(one, known))
    given.setlist("text", [text, *given.getlist("text")[1:]])
    given["answer_version"] = one.answer_version
    return {name: given.getlist(name) for name in given}


# The list.


def test_all_questions_are_on_one_page_in_their_topics(editor: Client) -> None:
    page = text_of(editor.get("/desk/content"))

    for one in content().questions.values():
        assert f'href="/desk/content/questions/{one.key}"' in page


def test_what_was_sought_is_marked_and_the_rest_is_left_out(editor: Client) -> None:
    page = text_of(editor.get("/desk/content?q=lippy"))

    assert "<mark>lippy</mark>" in page
    assert "/desk/content/questions/aftercare/makeup" in page
    assert "/desk/content/questions/cost/insurance" not in page


def test_a_search_that_finds_nothing_says_so(editor: Client) -> None:
    assert "is in no title, example or answer" in text_of(editor.get("/desk/content?q=nosuchword"))


def test_a_file_that_is_not_right_is_named(editor: Client, files_of_content: Path) -> None:
    (files_of_content / "data/cost.yml").write_text("nlu: [", encoding="utf-8")

    answered = editor.get("/desk/content")

    assert answered.status_code == 503
    assert "data/cost.yml" in text_of(answered)


def test_editors_begin_with_the_questions(editor: Client) -> None:
    assert editor.get("/desk/").headers["Location"] == "/desk/content"


@pytest.fixture
def live(editor: Client, files_of_content: Path) -> Release:
    """What the files say now is live."""
    shutil.copytree(files_of_content / "data", build_folder("0123456789abcdef") / "data")
    now = timezone.now()
    build = Build.objects.create(digest="0123456789abcdef", made_at=now, state=Build.State.READY)
    release = Release.objects.create(number=1, build=build, read_by=build, state=Release.State.LIVE, name="Front desk", at=now)
    Live.objects.create(release=release, address="http://127.0.0.1:1")
    return release


def test_what_is_not_live_yet_is_marked(editor: Client, live: Release) -> None:
    assert "not live yet" not in text_of(editor.get("/desk/content"))
    editor.post(f"{MAKEUP}/examples", {"examples": "may i use glittery powder"})
    editor.post("/desk/content/new", new_question())

    page = text_of(editor.get("/desk/content"))

    assert "<strong>2 questions</strong> of the draft are not live yet." in page
    assert page.count('class="tag changed"') == 1
    assert page.count('class="tag new"') == 1
    assert 'class="tag new">new</span>' in text_of(editor.get(f"{MAKEUP}?e=glittery"))


def test_what_was_changed_outside_of_the_editor_is_said(editor: Client, live: Release, files_of_content: Path) -> None:
    editor.post("/desk/content/questions/aftercare/water/examples", {"examples": "may i dive into the lake"})
    file = files_of_content / "data/cost.yml"
    file.write_text(
        file.read_text(encoding="utf-8").replace(
            "- intent: cost/price\n    examples: |\n", "- intent: cost/price\n    examples: |\n      - pricey or what\n"
        ),
        encoding="utf-8",
    )

    page = text_of(editor.get("/desk/content/changes"))

    outside = page[page.index("Changed outside of the editor") : page.index('<ol class="changes">')]
    assert "cost/price" in outside
    assert "1 example more" in outside
    assert "aftercare/water" not in outside


# One question.


def test_a_question_that_there_is_not_is_not_found(editor: Client) -> None:
    assert editor.get("/desk/content/questions/aftercare/nothing").status_code == 404


def test_many_examples_are_shown_a_hundred_at_a_time_and_found_by_words(editor: Client) -> None:
    everything = question("safety/emergency").examples

    first = text_of(editor.get("/desk/content/questions/safety/emergency"))
    last = text_of(editor.get("/desk/content/questions/safety/emergency?page=9999"))
    found = text_of(editor.get("/desk/content/questions/safety/emergency?e=whistling"))

    assert first.count('name="after"') == 100
    assert escape(everything[-1]) in last
    assert 0 < found.count('name="after"') < 100
    assert "<mark>whistling</mark>" in found


@pytest.mark.parametrize("key", ["safety/emergency", "side_effects/temporary"])
def test_a_question_on_which_the_dialogue_rests_says_why_it_stays(editor: Client, key: str) -> None:
    for page in ("", "/move", "/delete"):
        assert "The conversation itself" in text_of(editor.get(f"/desk/content/questions/{key}{page}"))

    assert "The conversation itself" in text_of(editor.post(f"/desk/content/questions/{key}/delete"))
    assert key in content().questions


# Examples.


def test_twenty_lines_are_pasted_and_taken_back(editor: Client) -> None:
    before = question().examples
    pasted = "\r\n".join(f"{number}. may i use tinted product number {number}" for number in range(1, 21))

    page = editor.post(f"{MAKEUP}/examples", {"examples": pasted}, follow=True)

    assert "Examples added to “Makeup after”: 20." in text_of(page)
    assert question().examples[-1] == "may i use tinted product number 20"
    assert len(question().examples) == len(before) + 20

    page = undo(editor, MAKEUP)

    assert page.redirect_chain == [(MAKEUP, 302)]
    assert "Taken back." in text_of(page)
    assert question().examples == before


def test_lines_that_cannot_be_added_are_named_and_nothing_is_lost(editor: Client) -> None:
    before = question().examples
    pasted = "may i use glittery powder\ncan i shower\nmay i use glittery powder!\n[a](b)"
    editor.post("/desk/content/questions/aftercare/water/examples", {"examples": "can i shower"})

    answered = editor.post(f"{MAKEUP}/examples", {"examples": pasted})

    page = text_of(answered)
    assert answered.status_code == 422
    assert "3 of these cannot be added, 1 can" in page
    assert "is an example of “Water and showers after” already" in page
    assert "/desk/content/questions/aftercare/water?e=can%20i%20shower#examples" in page
    assert escape(pasted) in page
    assert question().examples == before


def test_the_good_lines_are_added_without_the_others(editor: Client) -> None:
    there = question().examples[0]

    page = editor.post(f"{MAKEUP}/examples", {"examples": f"may i use glittery powder\n{there}", "good": "yes"}, follow=True)

    assert "Left out: 1" in text_of(page)
    assert question().examples[-1] == "may i use glittery powder"


def test_an_example_is_worded_otherwise_in_its_place(editor: Client) -> None:
    before = question().examples[2]

    page = editor.post(f"{MAKEUP}/examples/change?e=make", {"text": before, "after": "makeup  afterwards, when?"}, follow=True)

    assert question().examples[2] == "makeup afterwards, when?"
    assert page.redirect_chain == [(f"{MAKEUP}?e=make#examples", 302)]


def test_an_example_that_a_colleague_has_deleted_is_not_changed_and_what_was_typed_stays(
    editor: Client, another: Client
) -> None:
    text = question().examples[2]
    another.post(f"{MAKEUP}/examples/selected", {"text": [text], "do": "delete"})

    answered = editor.post(f"{MAKEUP}/examples/change", {"text": text, "after": "makeup in the evening after it?"})

    assert answered.status_code == 422
    assert "is no example of “Makeup after” any more" in text_of(answered)
    assert "makeup in the evening after it?" in text_of(answered)


def test_examples_are_moved_to_a_question_by_its_title(editor: Client) -> None:
    texts = list(question().examples[:2])

    page = editor.post(
        f"{MAKEUP}/examples/selected", {"text": texts, "to": "water and showers after", "do": "move"}, follow=True
    )

    assert "Examples moved to “Water and showers after”: 2." in text_of(page)
    assert question("aftercare/water").examples[-2:] == tuple(texts)
    assert not set(texts) & set(question().examples)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"do": "delete"}, "Nothing was chosen"),
        ({"do": "move", "to": "no such question", "text": ["make up after?"]}, "is no question"),
        ({"do": "move", "to": "", "text": ["make up after?"]}, "Nothing was chosen"),
        ({"do": "delete", "text": "ALL"}, "keeps one example at least"),
        ({"do": "delete", "text": ["nobody ever wrote this"]}, "is no example of “Makeup after” any more"),
    ],
)
def test_what_cannot_be_done_to_examples_is_said(editor: Client, form: dict[str, Any], sentence: str) -> None:
    before = question().examples
    given = {**form, "text": list(before)} if form.get("text") == "ALL" else form

    answered = editor.post(f"{MAKEUP}/examples/selected", given)

    assert answered.status_code == 422
    assert sentence in text_of(answered)
    assert question().examples == before


def test_a_full_disk_changes_nothing_and_keeps_what_was_typed(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "replace", full)

    answered = editor.post(f"{MAKEUP}/examples", {"examples": "may i use glittery powder"})

    assert "No space left on device" in text_of(answered)
    assert "may i use glittery powder" in text_of(answered)
    assert not Change.objects.exists()


# Answers.


def test_an_answer_is_saved_and_taken_back(editor: Client) -> None:
    before = question().wordings

    page = editor.post(f"{MAKEUP}/answer", answer("Leave it off for a day."), follow=True)

    assert "Answer saved in the draft." in text_of(page)
    assert question().wordings[0].text == "Leave it off for a day."
    assert question().wordings[1:] == before[1:]

    undo(editor)

    assert question().wordings == before


def test_the_second_of_two_editors_sees_both_answers_and_overwrites_nothing(editor: Client, another: Client) -> None:
    hers, his = answer("Erin says: two days."), answer("Dave says: three days.")
    another.post(f"{MAKEUP}/answer", hers)

    answered = editor.post(f"{MAKEUP}/answer", his)

    page = text_of(answered)
    assert answered.status_code == 409
    assert "Nothing has been overwritten." in page
    assert "Erin" in page
    assert "Erin says: two days." in page
    assert "Dave says: three days." in page
    assert question().wordings[0].text == "Erin says: two days."

    # Having seen hers, he may still save his.
    editor.post(f"{MAKEUP}/answer", {**his, "answer_version": question().answer_version})
    assert question().wordings[0].text == "Dave says: three days."


@pytest.mark.parametrize("button", ["preview", "add", "save"])
def test_both_answers_stay_in_sight_until_one_is_chosen_with_the_words_marked_that_differ(
    editor: Client, another: Client, button: str
) -> None:
    another.post(f"{MAKEUP}/answer", answer("Leave makeup off for two days."))

    answered = editor.post(
        f"{MAKEUP}/answer",
        {
            **answer("Leave makeup off for three days."),
            "answer_version": question().answer_version,
            "conflict": "yes",
            "title": "" if button == "save" else "Makeup after",  # it cannot be saved so
            button: "yes",
        },
    )

    assert "Leave makeup off for two days." in text_of(answered)
    assert "Leave makeup off for three days." in text_of(answered)
    assert re.findall("<mark>[^<]*</mark>", answered.content.decode()) == ["<mark>two</mark>"]
    assert "Save mine instead" in text_of(answered)


def test_an_answer_that_was_changed_outside_of_the_editor_is_not_overwritten_either(
    editor: Client, files_of_content: Path
) -> None:
    form = answer("Dave says: three days.")
    file = files_of_content / "data/aftercare.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Leave makeup off for 10 to 15 hours", "Leave makeup off for 12 hours"), encoding="utf-8")

    answered = editor.post(f"{MAKEUP}/answer", form)

    assert answered.status_code == 409
    assert "outside of the editor" in text_of(answered)
    assert "12 hours" in question().wordings[0].text


@pytest.mark.parametrize("button", ["preview", "add"])
def test_a_preview_and_a_new_wording_save_nothing_and_keep_what_is_typed(editor: Client, button: str) -> None:
    page = text_of(editor.post(f"{MAKEUP}/answer", {**answer("Leave it off for a day."), button: "yes"}))

    assert page.count("Leave it off for a day.") == 2  # in the field and as a visitor sees it
    assert page.count('name="text"') == (3 if button == "add" else 2)
    assert not Change.objects.exists()


def test_a_wording_is_taken_away(editor: Client) -> None:
    page = text_of(editor.post(f"{MAKEUP}/answer", {**answer("Leave it off for a day."), "remove": "0"}))

    assert page.count('name="text"') == 1
    assert "Leave it off for a day." not in page


def test_an_answer_without_words_is_refused_and_the_form_stays(editor: Client) -> None:
    answered = editor.post(f"{MAKEUP}/answer", {**answer("  "), "title": "Another title"})

    assert answered.status_code == 422
    assert "Write an answer" in text_of(answered)
    assert 'value="Another title"' in text_of(answered)


def test_what_an_answer_should_not_say_is_pointed_out_when_it_is_saved(editor: Client) -> None:
    page = editor.post(f"{MAKEUP}/answer", answer("It costs £200, so stop taking your aspirin."), follow=True)

    assert text_of(page).count('class="notice"') >= 2
    assert question().wordings[0].text.startswith("It costs")


# A question comes, goes and moves.


def new_question(**other: Any) -> dict[str, Any]:
    given = {
        "title": "Sauna after", "topic": "aftercare", "examples": "may i go to the sauna afterwards\n- is a steam bath fine",
        "text": "Wait two days.", "section": "", "origin": "-1", "facts": [answer_form.BEGINS, "after_water"],
        "button_title": [answer_form.BEGINS, ""], "button_leads": [answer_form.BEGINS, ""],
    }  # fmt: skip
    return {**given, **other}


def test_a_question_is_added_with_a_short_name_from_its_title(editor: Client) -> None:
    page = editor.post("/desk/content/new", new_question(), follow=True)

    assert page.redirect_chain == [("/desk/content/questions/aftercare/sauna_after", 302)]
    made = question("aftercare/sauna_after")
    assert (made.title, made.examples) == ("Sauna after", ("may i go to the sauna afterwards", "is a steam bath fine"))
    assert (made.wordings[0].text, made.facts) == ("Wait two days.", ("after_water",))


def test_undoing_an_added_question_from_its_own_page_leads_to_the_changes(editor: Client) -> None:
    editor.post("/desk/content/new", new_question())

    page = undo(editor, "/desk/content/questions/aftercare/sauna_after")

    assert page.redirect_chain == [("/desk/content/changes", 302)]
    assert "aftercare/sauna_after" not in content().questions


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"topic": ""}, "Choose a topic"),
        ({"topic": "safety"}, "The conversation itself"),
        ({"title": ""}, "Write a title"),
        ({"title": "Makeup", "name": "makeup"}, "has this short name already"),
        ({"title": "？"}, "is no short name"),
        ({"text": " "}, "Write an answer"),
        ({"examples": " "}, "without any, nobody could ask it"),
        ({"examples": "make up after?\nsauna, when"}, "is an example of “Makeup after” already"),
        ({"examples": "my name is [name], sauna?"}, "in [brackets]"),
    ],
)
def test_a_question_that_cannot_be_added_keeps_what_was_typed(editor: Client, other: dict[str, Any], sentence: str) -> None:
    given = new_question(**other)

    answered = editor.post("/desk/content/new", given)

    page = text_of(answered)
    assert answered.status_code == 422
    assert sentence in page
    assert f'value="{given["title"]}"' in page
    assert escape(given["examples"].strip() and given["examples"]) in page
    assert not Change.objects.exists()


def test_a_question_moves_and_buttons_follow(editor: Client) -> None:
    page = editor.post(f"{MAKEUP}/move", {"topic": "preparation", "name": "makeup_after"}, follow=True)

    assert page.redirect_chain == [("/desk/content/questions/preparation/makeup_after", 302)]
    assert "“Makeup after” is in “Preparation” now." in text_of(page)
    assert "preparation/makeup_after" in [button.key for button in question("aftercare/overview").wordings[0].buttons]

    undo(editor)

    assert question().title == "Makeup after"


def test_a_question_does_not_move_to_where_one_is(editor: Client) -> None:
    answered = editor.post(f"{MAKEUP}/move", {"topic": "aftercare", "name": "water"})

    assert "has this short name already" in text_of(answered)


def test_what_goes_with_a_question_is_said_before_it_is_deleted(editor: Client) -> None:
    count = len(question().examples)

    page = text_of(editor.get(f"{MAKEUP}/delete"))

    assert f"{count} examples" in page
    assert escape("When can I wear makeup?") in page
    assert "aftercare/makeup" in content().questions


def test_a_question_is_deleted_and_taken_back_with_the_buttons_that_led_to_it(editor: Client) -> None:
    before = content().questions

    editor.post(f"{MAKEUP}/delete")
    assert "aftercare/makeup" not in content().questions

    undo(editor)
    after = content().questions
    assert {key: one.wordings for key, one in after.items()} == {key: one.wordings for key, one in before.items()}
    assert {key: one.examples for key, one in after.items()} == {key: one.examples for key, one in before.items()}


# The history.


def test_the_history_says_who_did_what(editor: Client, another: Client) -> None:
    editor.post(f"{MAKEUP}/examples", {"examples": "may i use glittery powder"})
    another.post(f"{MAKEUP}/answer", answer("Leave makeup off for two days after the treatment."))

    editor.get("/desk/content")  # says once that it was done
    page = text_of(editor.get("/desk/content/changes"))

    assert page.index("Answer changed") < page.index("Examples added")
    for words in ("Dave", "Erin", "may i use glittery powder", "<mark>two days</mark>"):
        assert words in page


def test_the_history_of_one_question(editor: Client) -> None:
    editor.post(f"{MAKEUP}/examples", {"examples": "may i use glittery powder"})
    editor.post("/desk/content/questions/aftercare/water/examples", {"examples": "may i dive into the lake"})

    page = text_of(editor.get("/desk/content/changes?question=Makeup+after"))

    assert "glittery" in page
    assert "lake" not in page


def test_what_does_not_fit_any_more_is_not_taken_back(editor: Client) -> None:
    editor.post(f"{MAKEUP}/examples", {"examples": "may i use glittery powder"})
    change = Change.objects.get()
    editor.post(f"{MAKEUP}/examples/selected", {"text": ["may i use glittery powder"], "do": "delete"})

    page = editor.post(f"/desk/content/changes/{change.pk}/undo", follow=True)

    assert "is no example of “Makeup after” any more" in text_of(page)
    assert Change.objects.count() == 2


def test_a_change_is_taken_back_once(editor: Client) -> None:
    editor.post(f"{MAKEUP}/examples", {"examples": "may i use glittery powder"})
    change = Change.objects.get()

    editor.post(f"/desk/content/changes/{change.pk}/undo")
    page = editor.post(f"/desk/content/changes/{change.pk}/undo", follow=True)

    assert "This is taken back already." in text_of(page)
    assert Change.objects.count() == 2


def test_why_something_was_not_committed_is_said(editor: Client) -> None:
    editor.post(f"{MAKEUP}/examples", {"examples": "may i use glittery powder"})
    Change.objects.update(commit_problem="hook refused")

    assert "Not committed: hook refused" in text_of(editor.get("/desk/content/changes"))


def test_an_address_of_another_site_is_not_gone_back_to(editor: Client) -> None:
    editor.post(f"{MAKEUP}/examples", {"examples": "may i use glittery powder"})
    change = Change.objects.get()

    answered = editor.post(
        f"/desk/content/changes/{change.pk}/undo", headers={"Referer": "https://elsewhere.example/desk/content"}
    )

    assert answered.headers["Location"] == "/desk/content/changes"


def test_every_refusal_has_a_sentence(editor: Client) -> None:
    from frontdesk.content import pages

    codes = (
        "empty too_long markup no_question fixed needed bad_key key_taken no_topic no_examples no_answer no_title nothing duplicate "
        "bad_button unknown_fact no_choice undone erased place"
    )
    for code in codes.split():
        assert pages.refusal(services.CannotBeDone(code, "aftercare/makeup"))
