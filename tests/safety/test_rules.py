"""The rules themselves, on the messages that they must catch and spare; and what is said of rules that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from safety import InvalidRules, Level, RedFlags
from safety.rules import Rule, read_rules

RULES = read_rules().rules
CATCHES = [pytest.param(rule, text, id=f"{rule.name}: {text}") for rule in RULES for text in rule.catches]
SPARES = [pytest.param(rule, text, id=f"{rule.name}: {text}") for rule in RULES for text in rule.spares]


@pytest.fixture(scope="module")
def red_flags() -> RedFlags:
    return RedFlags.load()


@pytest.mark.parametrize(("rule", "text"), CATCHES)
def test_a_rule_catches_what_it_must(red_flags: RedFlags, rule: Rule, text: str) -> None:
    concern = red_flags.check(text)

    assert rule.name in {reason.rule for reason in concern.reasons}
    assert concern.level >= rule.level


@pytest.mark.parametrize(("rule", "text"), SPARES)
def test_a_rule_spares_what_it_must(red_flags: RedFlags, rule: Rule, text: str) -> None:
    assert rule.name not in {reason.rule for reason in red_flags.check(text).reasons}


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in RULES])
def test_a_rule_says_why_and_where_that_is_written(rule: Rule) -> None:
    assert rule.why
    assert rule.source.startswith("https://")


def test_a_rule_has_what_is_written_in_its_file(folder: Path) -> None:
    rule = read_rules(folder).rules[0]

    assert (rule.name, rule.category, rule.level) == ("airway/throat_tight", "airway", Level.EMERGENCY)
    assert (rule.why, rule.source, rule.always) == ("Throat tight or closing", "https://example.org/airway", False)
    assert (rule.catches, rule.spares) == (("my throat feels tight",), ("do you treat the throat",))


def test_a_rule_may_count_always(folder: Path) -> None:
    always = {rule.name for rule in read_rules(folder).rules if rule.always}

    assert always == {"personal/hurt_myself"}


def test_the_comments_among_the_correct_words_are_no_words(folder: Path) -> None:
    assert read_rules(folder).correct_words == {"throaty"}


def test_without_their_folder_there_are_no_rules(tmp_path: Path) -> None:
    message = _refusal(tmp_path / "nowhere")

    assert str(tmp_path / "nowhere") in message
    assert "Put the file back" in message


@pytest.mark.parametrize("missing", ["words.yml", "framing.yml", "correct_words.txt"])
def test_a_missing_file_is_to_be_put_back(folder: Path, missing: str) -> None:
    (folder / missing).unlink()

    message = _refusal(folder)

    assert str(folder / missing) in message
    assert "Put the file back" in message


def test_a_folder_without_any_rule_is_to_be_filled(folder: Path) -> None:
    for file in (folder / "rules").iterdir():
        file.unlink()

    message = _refusal(folder)

    assert str(folder / "rules") in message
    assert "Put the files back" in message


def test_a_category_without_its_file_is_to_be_put_back(folder: Path) -> None:
    (folder / "rules" / "airway.yml").unlink()

    message = _refusal(folder)

    assert str(folder / "rules") in message
    assert "airway" in message
    assert "Put it back" in message


@pytest.mark.parametrize("name", ["words.yml", "framing.yml", "rules/airway.yml"])
def test_a_file_that_is_not_yaml_is_named_with_the_line(folder: Path, name: str) -> None:
    (folder / name).write_text("category: airway\nrules: [\n")

    message = _refusal(folder)

    assert str(folder / name) in message
    assert "line 3" in message


@pytest.mark.parametrize("name", ["words.yml", "framing.yml", "rules/airway.yml"])
@pytest.mark.parametrize("content", ["", "just words\n", "- a list\n"])
def test_a_file_of_another_shape_is_named_with_what_is_expected(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content)

    message = _refusal(folder)

    assert str(folder / name) in message
    assert "expected" in message


def test_a_file_that_is_not_utf_8_is_named(folder: Path) -> None:
    (folder / "rules" / "airway.yml").write_bytes("why: fièvre".encode("latin-1"))

    assert str(folder / "rules" / "airway.yml") in _refusal(folder)


def test_an_unknown_level_is_named_with_the_levels_that_there_are(folder: Path) -> None:
    message = _refusal_after(folder, "level: emergency", "level: severe")

    assert_names_the_rule(message, folder)
    assert "'severe'" in message
    assert all(level in message for level in ("routine", "urgent", "emergency"))


def test_a_rule_of_no_level_is_refused(folder: Path) -> None:
    message = _refusal_after(folder, "level: emergency", "level: none")

    assert_names_the_rule(message, folder)
    assert "needs a level" in message


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("~3", "there is no word in it"),
        ("throat a*", "'a*' would match almost anything"),
        ("e-mail", "'e-mail' is not one word"),
        ("a <1> b <2> c", "only one <n> can stand in a pattern"),
        ("@pain", "there is no list @pain in words.yml"),
    ],
)
def test_a_pattern_that_cannot_be_read_is_quoted_with_its_fault(folder: Path, pattern: str, fault: str) -> None:
    message = _refusal_after(folder, "@throat <4> @tight", pattern)

    assert_names_the_rule(message, folder)
    assert repr(pattern) in message
    assert fault in message


def test_patterns_that_are_no_list_are_refused(folder: Path) -> None:
    message = _refusal_after(folder, '["@throat <4> @tight"]', "throat")

    assert_names_the_rule(message, folder)
    assert "a list of patterns is expected" in message


def test_an_unreadable_pattern_of_framing_is_named(folder: Path) -> None:
    (folder / "framing.yml").write_text("asks: ['@nothing']\n")

    message = _refusal(folder)

    assert f"{folder / 'framing.yml'}: asks: " in message
    assert "there is no list @nothing in words.yml" in message


@pytest.mark.parametrize("content", ["throat: [two words]\n", "throat:\n", "throat: 3\n"])
def test_an_unreadable_list_is_named(folder: Path, content: str) -> None:
    (folder / "words.yml").write_text(content)

    assert f"{folder / 'words.yml'}: throat: " in _refusal(folder)


def test_two_rules_of_one_name_are_to_be_renamed(folder: Path) -> None:
    (folder / "rules" / "throat.yml").write_text((folder / "rules" / "airway.yml").read_text())

    message = _refusal(folder)

    assert "airway/throat_tight" in message
    assert "Rename" in message


def test_of_two_rules_of_one_name_the_files_are_named(folder: Path) -> None:
    (folder / "rules" / "throat.yml").write_text((folder / "rules" / "airway.yml").read_text())

    message = _refusal(folder)

    assert "throat.yml" in message


@pytest.mark.parametrize(
    "field", ["catches: [my throat feels tight]", "spares: [do you treat the throat]", 'patterns: ["@throat <4> @tight"]']
)
def test_a_rule_without_examples_or_patterns_is_told_what_it_needs(folder: Path, field: str) -> None:
    name = field.partition(":")[0]

    message = _refusal_after(folder, field, f"{name}: []")

    assert_names_the_rule(message, folder)
    assert "a pattern, a message that it catches and one that it spares" in message


@pytest.mark.parametrize(
    "line", ["    level: emergency\n", "    why: Throat tight or closing\n", "    catches: [my throat feels tight]\n"]
)
def test_a_rule_without_a_field_is_told_its_fields(folder: Path, line: str) -> None:
    message = _refusal_after(folder, line, "")

    assert_names_the_rule(message, folder)
    assert line.partition(":")[0].strip() in message.partition("a rule has")[2]


def test_a_rule_with_a_field_that_there_is_not_is_told_its_fields(folder: Path) -> None:
    message = _refusal_after(folder, "why:", "alwayz: true\n    why:")

    assert_names_the_rule(message, folder)
    assert "may have always" in message


@pytest.mark.parametrize("line", ["category: airway\n", "source: https://example.org/airway\n"])
def test_a_file_without_a_field_is_told_which(folder: Path, line: str) -> None:
    message = _refusal_after(folder, line, "")

    assert str(folder / "rules" / "airway.yml") in message
    assert f"{line.partition(':')[0]} is missing" in message


@pytest.mark.parametrize("examples", ["catches: [my throat feels tight]", "spares: [do you treat the throat]"])
def test_examples_that_are_no_list_are_refused(folder: Path, examples: str) -> None:
    message = _refusal_after(folder, examples, examples.replace("[", "").replace("]", ""))

    assert_names_the_rule(message, folder)


def assert_names_the_rule(message: str, folder: Path) -> None:
    """A message begins with the file and the rule that are wrong."""
    assert message.startswith(f"{folder / 'rules' / 'airway.yml'}: throat_tight: ")


def _refusal(folder: Path) -> str:
    with pytest.raises(InvalidRules) as refusal:
        read_rules(folder)
    return str(refusal.value)


def _refusal_after(folder: Path, old: str, new: str) -> str:
    """What is said after something in `airway.yml` was changed."""
    file = folder / "rules" / "airway.yml"
    content = file.read_text()
    assert old in content
    file.write_text(content.replace(old, new))
    return _refusal(folder)
