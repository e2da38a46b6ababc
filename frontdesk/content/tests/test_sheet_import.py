"""What a table would do: planned row by row, with what is wrong named by cell."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from frontdesk import environment, words
from frontdesk.content import sheets
from frontdesk.content.facts import facts
from frontdesk.content.questions import Content, Question, Wording, content, wording_of
from frontdesk.content.sheet_import import Mode, Personal, Plan, details_in, plan
from frontdesk.content.sheets import ANSWERS, COLUMNS, EXAMPLES, Row, Table


def _raw(text: str, **rest: object) -> dict[str, object]:
    metadata = {name: rest.pop(name) for name in ("title", "facts", "section", "handoff", "says") if name in rest}
    return {"text": text, **rest, **({"metadata": metadata} if metadata else {})}


def _question(key: str, examples: Sequence[str], *raws: dict[str, object]) -> Question:
    return Question(key, f"{key.partition('/')[0]}.yml", tuple(examples), tuple(map(wording_of, raws)))


WATER = [{"title": "When can I shower?", "payload": "/aftercare/water"}]
MAKEUP = _question(
    "aftercare/makeup",
    ["makeup?", "can I wear makeup", "when is foundation fine"],
    _raw("Leave makeup off.", buttons=WATER, title="Makeup after", facts=["after_makeup"], section="Care", says=["how_long"]),
    _raw("No makeup for a while.", facts=["after_makeup"], section="Care"),
)
SHOWER = _question("aftercare/water", ["can I shower", "swimming?"], _raw("Keep dry.", title="Water and showers after"))
PRICE = _question("cost/price", ["what does it cost"], _raw("It depends.", title="Price"))
PERSON = _question("handoff/person", ["a person please"], _raw("One moment.", title="A person", handoff=True))
UNASKED = _question("system/again", [], _raw("Once more?"))
KNOWN = Content({one.key: one for one in (MAKEUP, SHOWER, PRICE, PERSON, UNASKED)})
FACTS = ["after_makeup", "after_water"]


def _examples(*rows: tuple[str, str]) -> Table:
    columns = {column: place for place, column in enumerate(COLUMNS[EXAMPLES], start=1)}
    made = (Row(number, {"question": key, "title": "", "example": text}) for number, (key, text) in enumerate(rows, start=2))
    return Table(EXAMPLES, EXAMPLES, columns, tuple(made))


def _answers(*rows: dict[str, str], columns: Sequence[str] = COLUMNS[ANSWERS]) -> Table:
    places = {column: place for place, column in enumerate(columns, start=1)}
    made = (Row(number, {column: row.get(column, "") for column in columns}) for number, row in enumerate(rows, start=2))
    return Table(ANSWERS, ANSWERS, places, tuple(made))


def _plan(*tables: Table, mode: Mode = Mode.ADD, **rest: object) -> Plan:
    return plan(KNOWN, tables, FACTS, mode=mode, **rest)  # type: ignore[arg-type]


def _said(planned: Plan) -> list[tuple[str, str]]:
    """The problems' cells and codes; each has a sentence."""
    for problem in planned.problems:
        assert "{" not in words.staff(problem.code, **problem.names)
    return [(problem.place, problem.code) for problem in planned.problems]


def _answer_row(question: Question, number: int = 1, /, **changed: str) -> dict[str, str]:
    row = list(sheets.answer_rows([question]))[number - 1]
    return {**dict(zip(COLUMNS[ANSWERS], row, strict=True)), **changed}


def test_new_examples_are_added_and_others_stay() -> None:
    planned = _plan(
        _examples(("aftercare/makeup", "makeup?"), ("Makeup after", "is  lipstick ok"), ("cost/price", "how dear is it"))
    )

    assert [(one.key, one.added, one.removed) for one in planned.questions] == [
        ("aftercare/makeup", ("is lipstick ok",), ()),
        ("cost/price", ("how dear is it",), ()),
    ]
    assert planned.counts == {"added": 2, "removed": 0, "answers": 0, "new": 0}
    assert (planned.there, planned.problems) == (1, ())


def test_what_is_written_a_little_otherwise_is_there() -> None:
    planned = _plan(_examples(("aftercare/makeup", "Makeup")))

    assert (planned.questions, planned.there) == ((), 1)


def test_replacing_deletes_what_is_not_listed_under_listed_questions() -> None:
    planned = _plan(_examples(("aftercare/makeup", "Makeup"), ("aftercare/makeup", "can I wear makeup")), mode=Mode.REPLACE)

    [one] = planned.questions
    assert (one.added, one.removed) == (("Makeup",), ("makeup?", "when is foundation fine"))


def test_replacing_can_move_an_example() -> None:
    rows = [("aftercare/makeup", "makeup?"), ("cost/price", "what does it cost"), ("cost/price", "can I wear makeup")]

    planned = _plan(_examples(*rows), mode=Mode.REPLACE)

    assert planned.problems == ()
    assert {one.key: (one.added, one.removed) for one in planned.questions} == {
        "aftercare/makeup": ((), ("can I wear makeup", "when is foundation fine")),
        "cost/price": (("can I wear makeup",), ()),
    }


def test_where_something_is_wrong_nothing_is_deleted() -> None:
    rows = [("aftercare/makeup", "makeup?"), ("aftercare/makeup", "swimming?"), ("cost/price", "can I wear makeup")]

    planned = _plan(_examples(*rows), mode=Mode.REPLACE)

    # The second row is another question's; so makeup keeps all that it has, and the third is makeup's again; so the price keeps its own.
    assert _said(planned) == [("Examples!C3", "sheet_example_elsewhere"), ("Examples!C4", "sheet_example_elsewhere")]
    assert planned.questions == ()


def test_an_example_in_a_row_that_is_not_taken_is_not_deleted() -> None:
    planned = _plan(_examples(("aftercare/water", "swimming?"), ("aftercare/watter", "can I shower")), mode=Mode.REPLACE)

    assert planned.questions == ()


WRONG_EXAMPLES = {
    "an unknown question": (("aftercare/makup", "is lipstick ok"), "A", "sheet_question_new_near"),
    "an unknown topic": (("zzz/qqq", "is lipstick ok"), "A", "sheet_question"),
    "no question": (("", "is lipstick ok"), "A", "sheet_question_empty"),
    "a new question of a fixed topic": (("safety/zzzzzzz", "is lipstick ok"), "A", "sheet_question"),
    "a new one of a topic that is": (("handoff/zzzzzzzzzzzz", "is lipstick ok"), "A", "sheet_question_fixed"),
    "a name that is none": (("cost/Zzz qqq!", "is lipstick ok"), "A", "sheet_question_name"),
    "one that nobody asks for": (("system/again", "is lipstick ok"), "A", "sheet_unasked"),
    "another question's": (("cost/price", "Can I wear makeup?"), "C", "sheet_example_elsewhere"),
    "no words": (("cost/price", ""), "C", "sheet_example_empty"),
    "too long": (("cost/price", "a" * 501), "C", "sheet_example_too_long"),
    "markup": (("cost/price", "[red](colour) lips"), "C", "sheet_example_markup"),
    "a dash": (("cost/price", "- a list"), "C", "sheet_example_markup"),
}


@pytest.mark.parametrize("what", WRONG_EXAMPLES)
def test_what_is_wrong_with_an_example_is_said_by_cell(what: str) -> None:
    row, column, code = WRONG_EXAMPLES[what]

    planned = _plan(_examples(("cost/price", "how dear is it"), row))

    assert _said(planned) == [(f"Examples!{column}3", code)]
    assert planned.counts["added"] == 1  # the others can still be taken


def test_the_questions_that_were_meant_are_named() -> None:
    [problem] = _plan(_examples(("aftercare/makup", "is lipstick ok"))).problems

    assert "“Makeup after” (aftercare/makeup)" in problem.names["near"]
    assert problem.text == "aftercare/makup"


def test_the_same_words_twice_name_the_other_cell() -> None:
    planned = _plan(_examples(("cost/price", "how dear is it"), ("aftercare/makeup", "How dear is it?")))

    assert _said(planned) == [("Examples!C3", "sheet_example_twice")]
    assert planned.problems[0].names["place"] == "Examples!C2"


def test_an_answer_is_changed_where_it_is_another() -> None:
    planned = _plan(_answers(_answer_row(MAKEUP), _answer_row(MAKEUP, 2, answer="None for 10 hours.")))

    [one] = planned.questions
    [(before, after)] = one.wordings
    assert before is not None
    assert after is not None
    assert (before.text, after.text) == ("No makeup for a while.", "None for 10 hours.")
    assert (after.facts, after.section, planned.there) == (("after_makeup",), "Care", 1)
    assert one.operations[0].after[0] == MAKEUP.wordings[0].raw  # type: ignore[union-attr] # with all that no table shows


def test_columns_that_are_not_there_stay_as_they_are() -> None:
    planned = _plan(_answers({"question": "aftercare/makeup", "answer": "Wait."}, columns=("question", "answer")))

    [(before, after)] = planned.questions[0].wordings
    assert before is not None
    assert after is not None
    assert dict(after.raw) == {**before.raw, "text": "Wait."}


def test_a_wording_more_is_added_and_hands_over_as_the_others_do() -> None:
    planned = _plan(_answers({"question": "A person", "wording": "2", "answer": "A moment."}))

    [one] = planned.questions
    assert one.operations[0].after == (dict(PERSON.wordings[0].raw), _raw("A moment.", handoff=True))  # type: ignore[union-attr]


@pytest.mark.parametrize(("mode", "left"), [(Mode.ADD, 2), (Mode.REPLACE, 1)])
def test_wordings_that_are_not_listed_go_where_all_is_replaced(mode: Mode, left: int) -> None:
    planned = _plan(_answers(_answer_row(MAKEUP, answer="Wait.")), mode=mode)

    assert len(planned.questions[0].operations[0].after) == left  # type: ignore[union-attr]


WRONG_ANSWERS = {
    "empty": ({"answer": ""}, "D", "sheet_no_answer"),
    "too long": ({"answer": "a" * 2001}, "D", "sheet_too_long"),
    "unseen": ({"answer": "a\x07b"}, "D", "sheet_unprintable"),
    "a title that is too long": ({"title": "a" * 101}, "B", "sheet_too_long"),
    "an unknown fact": ({"facts": "after_makeup, after_makup"}, "F", "sheet_fact_near"),
    "a fact that is like none": ({"facts": "zzzzz"}, "F", "sheet_fact"),
    "a button to nowhere": ({"buttons": "Shower? > aftercare/makup"}, "E", "sheet_button_nowhere_near"),
    "a button without a way": ({"buttons": "Shower?"}, "E", "sheet_button"),
    "a button without words": ({"buttons": " > aftercare/water"}, "E", "sheet_button"),
    "wording 0": ({"wording": "0"}, "C", "sheet_wording"),
    "wording first": ({"wording": "first"}, "C", "sheet_wording"),
    "an unknown question": ({"question": "zzz/qqq"}, "A", "sheet_question"),
}


@pytest.mark.parametrize("what", WRONG_ANSWERS)
def test_what_is_wrong_with_an_answer_is_said_by_cell(what: str) -> None:
    changed, column, code = WRONG_ANSWERS[what]

    planned = _plan(_answers(_answer_row(MAKEUP, **changed)))

    assert _said(planned) == [(f"Answers!{column}2", code)]
    assert planned.questions == ()


def test_a_wording_twice_is_a_problem() -> None:
    planned = _plan(_answers(_answer_row(MAKEUP), _answer_row(MAKEUP)))

    assert _said(planned) == [("Answers!C3", "sheet_wording_twice")]


def test_buttons_lead_to_a_question_by_its_title_too() -> None:
    planned = _plan(_answers(_answer_row(PRICE, buttons="Makeup; really? > makeup after\nWater > aftercare/water")))

    [(_, after)] = planned.questions[0].wordings
    assert after is not None
    assert [(one.title, one.key) for one in after.buttons] == [
        ("Makeup; really?", "aftercare/makeup"),
        ("Water", "aftercare/water"),
    ]


def test_a_new_question_comes_with_an_answer_and_examples() -> None:
    new = {"question": "cost/deposit", "title": "Deposit", "answer": "Ask us.", "buttons": "Price > cost/price"}

    planned = _plan(_examples(("cost/deposit", "is there a deposit")), _answers(new))

    [one] = planned.questions
    assert (one.is_new, one.title, one.added, planned.counts["new"]) == (True, "Deposit", ("is there a deposit",), 1)


def test_new_questions_can_lead_to_one_another() -> None:
    made = [("cost/one", "cost/two"), ("cost/two", "cost/one")]
    rows = [{"question": key, "answer": "Ask us.", "buttons": f"There > {to}"} for key, to in made]

    planned = _plan(_examples(("cost/one", "the one thing"), ("cost/two", "the other thing")), _answers(*rows))

    assert planned.counts["new"] == 2
    assert planned.problems == ()


def test_a_new_question_that_cannot_be_takes_with_it_what_leads_to_it() -> None:
    rows = [
        {"question": "cost/one", "answer": "Ask us.", "buttons": "There > cost/two"},
        {"question": "cost/two", "answer": "Ask us."},
        _answer_row(PRICE, buttons="One > cost/one"),
    ]

    planned = _plan(_examples(("cost/one", "the one thing")), _answers(*rows))

    assert planned.questions == ()
    assert sorted(_said(planned)) == [
        ("Answers!A3", "sheet_no_examples"),
        ("Answers!E2", "sheet_button_nowhere"),
        ("Answers!E4", "sheet_button_nowhere_near"),
        ("Examples!A2", "sheet_new_refused"),
    ]


def test_personal_details_are_hidden_left_out_or_taken() -> None:
    said = "my name is Charlotte Miller, what does it cost"
    table = _examples(("cost/price", said), ("cost/price", "how dear is it"))
    details = details_in(KNOWN, [table])

    plans = {choice: _plan(table, personal=choice, details=details) for choice in Personal}

    assert details[said] == "my name is [name], what does it cost"
    assert {choice: one.questions[0].added for choice, one in plans.items()} == {
        Personal.MASKED: (details[said], "how dear is it"),
        Personal.LEFT_OUT: ("how dear is it",),
        Personal.AS_IT_IS: (said, "how dear is it"),
    }
    assert all(one.details[0].place == "Examples!C2" for one in plans.values())


def test_what_is_there_is_no_detail_of_the_table() -> None:
    known = Content({"a/b": Question("a/b", "a.yml", ("I am Charlotte Miller",), (Wording("x"),))})

    assert details_in(known, [_examples(("a/b", "I am Charlotte Miller"))]) == {}


def test_a_plan_is_known_by_what_it_does() -> None:
    table = _examples(("cost/price", "how dear is it"))

    assert _plan(table).digest == _plan(table).digest
    assert _plan(table).digest != _plan(table, mode=Mode.REPLACE).digest


def test_forty_thousand_rows_are_planned_in_seconds() -> None:
    known = content(environment.ROOT)
    rows = [(one.key, f"{text} {number}") for one in known.questions.values() for number, text in enumerate(one.examples)]

    planned = plan(known, [_examples(*rows)], facts())

    assert planned.counts["added"] > 30_000
