"""The arithmetic and the tables of `make bench`; the measuring itself is tried by `python tools/bench.py --quick`."""

from __future__ import annotations

import pytest
from sklearn.metrics import matthews_corrcoef

from tools.bench.figures import best_threshold, matthews_correlation, percentile
from tools.bench.lines import Line, read_lines, tells_a_fact
from tools.bench.load import Answer, windows
from tools.bench.measure import Measured, Sizes, Training, accuracy_of, seconds_of_epochs
from tools.bench.report import as_markdown, as_text, rows_of


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.0, 1), (0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100)],
)
def test_a_percentile_is_the_value_that_so_many_do_not_exceed(share: float, expected: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == expected


def test_every_percentile_of_one_value_is_that_value() -> None:
    assert [percentile([7.5], share) for share in (0.0, 0.5, 0.99)] == [7.5, 7.5, 7.5]


@pytest.mark.parametrize(
    "predicted",
    [list("aabbcc"), list("abbbcc"), list("ccaabb"), list("abcabc"), list("aabbcd")],
)
def test_matthews_correlation_is_what_scikit_learn_says(predicted: list[str]) -> None:
    truth = list("aabbcc")

    assert matthews_correlation(truth, predicted) == pytest.approx(matthews_corrcoef(truth, predicted))


def test_matthews_correlation_is_zero_where_only_one_class_is_said() -> None:
    assert matthews_correlation(list("aabb"), list("aaaa")) == 0.0


def test_the_best_threshold_keeps_the_sure_and_drops_the_unsure() -> None:
    correlation, threshold = best_threshold(["a", "b", "none"], ["a", "b", "a"], [0.9, 0.8, 0.3], otherwise="none", step=0.1)

    assert correlation == pytest.approx(1.0)
    assert threshold == pytest.approx(0.4)


def test_test_lines_of_another_shape_are_left_out(tmp_path) -> None:
    (tmp_path / "lines.yml").write_text(
        "- {text: one, key: cost/price, also: [cost/factors]}\n"
        "- {text: two, key: fallback/out_of_scope}\n"
        "- {first: before, text: after, key: cost/price}\n"
        "- {text: several, keys: [cost/price, cost/area]}\n"
    )

    lines = read_lines(tmp_path)

    assert lines == [Line("one", ("cost/price", "cost/factors")), Line("two", ("fallback/out_of_scope",))]
    assert [line.in_scope for line in lines] == [True, False]


@pytest.mark.parametrize(
    ("key", "expected"), [("cost/price", True), ("fallback/sessions", False), ("system/which", False), ("safety/urgent", False)]
)
def test_only_topics_tell_a_fact(key: str, expected: bool) -> None:
    assert tells_a_fact(key) is expected


def test_accuracy_counts_first_answers_questions_asked_back_and_refusals() -> None:
    lines = [
        Line("right", ("cost/price",)),
        Line("as good", ("cost/price", "cost/factors")),
        Line("asked back", ("uses/fat",)),
        Line("wrong", ("uses/fat",)),
        Line("refused", ("fallback/out_of_scope",)),
        Line("not refused", ("fallback/out_of_scope",)),
    ]
    answers = [
        Answer(("cost/price", "cost/area")),
        Answer(("cost/factors",)),
        Answer(("system/which",), choices=("uses/skin", "uses/fat")),
        Answer(("uses/skin",), choices=("uses/fat",)),
        Answer(("handoff/person",)),
        Answer(("uses/fat",)),
    ]

    accuracy = accuracy_of(lines, answers, ["cost/price", "cost/price", "uses/fat", "uses/skin", None, None])

    assert (accuracy.right, accuracy.asked, accuracy.ranked_first, accuracy.refused) == (0.5, 0.25, 0.75, 0.5)
    assert accuracy.by_topic == {"cost": (2, 2), "uses": (0, 2)}


def test_the_window_of_the_first_turn_begins_with_it_and_others_are_centred() -> None:
    took = [float(turn) for turn in range(1, 303)]

    assert [(window[0], window[-1]) for window in windows(took, (1, 100, 300), 5)] == [(1, 5), (98, 102), (298, 302)]


def test_the_epochs_of_all_components_are_added_up_once_each() -> None:
    output = (
        "Epochs:  50%|  | 1/2 [00:30<00:30]\rEpochs: 100%|  | 2/2 [01:00<00:00]\rEpochs: 100%|  | 2/2 [01:01<00:00, 30s/it]\n"
        "INFO - Finished training component 'DIETClassifier'.\n"
        "Processed trackers: 100%|  | 17/17 [00:00<00:00]\n"
        "INFO - Finished training component 'RulePolicy'.\n"
        "Epochs: 100%|  | 2/2 [1:00:02<00:00]\n"
    )

    assert seconds_of_epochs(output) == 61 + 3602


def test_a_table_has_a_row_for_what_was_measured_and_none_for_the_rest() -> None:
    ours = Measured(Sizes(1, 1, 1), Training(12.34))

    assert rows_of(ours, None, None) == [("training from nothing, process included", "12.3 s", "–", "15 s")]


def test_a_training_cut_short_is_not_given_as_a_whole_one() -> None:
    default = Measured(Sizes(1, 1, 1), Training(300.0, epochs=8, seconds_of_all_epochs=3000.0))

    (row,) = rows_of(None, default, None)

    assert row[2] == "about 3000 s (reckoned from 8 of 100 epochs)"


def test_the_terminal_and_the_page_show_the_same_cells() -> None:
    heads, rows = ("name", "value"), [("speed", "9 ms")]

    assert as_text(heads, rows) == "name   value\nspeed  9 ms"
    assert as_markdown(heads, rows) == "| name | value |\n| --- | --- |\n| speed | 9 ms |"
