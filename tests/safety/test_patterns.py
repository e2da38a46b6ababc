"""What rules are written in, on single patterns."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc
from spacy.vocab import Vocab

from safety.patterns import InvalidPattern, Pattern, read_list
from safety.text import words_of

LISTS = {"throat": read_list(["throat", "gullet"]), "tight": read_list(["tight*", "closing"])}


def test_words_are_found_in_order() -> None:
    assert _found("throat closing", "my throat closing up") == {"throat closing"}


@pytest.mark.parametrize("text", ["closing throat", "throat is closing", "throats closing", "sore throat", ""])
def test_words_in_another_order_or_apart_are_not_found(text: str) -> None:
    assert not _found("throat closing", text)


@pytest.mark.parametrize("text", ["chest pain", "breast pain"])
def test_any_of_several_words_may_stand_in_a_place(text: str) -> None:
    assert _found("chest|breast pain", text) == {text}


@pytest.mark.parametrize("word", ["bleed", "bleeds", "bleeding"])
def test_a_stem_matches_what_begins_with_it(word: str) -> None:
    assert _found("bleed*", f"it {word} now") == {word}


@pytest.mark.parametrize("word", ["blee", "nosebleed", "ableed"])
def test_a_stem_does_not_match_what_only_holds_it(word: str) -> None:
    assert not _found("bleed*", word)


def test_a_whole_word_beside_a_stem_is_no_stem() -> None:
    assert not _found("ice|bleed*", "iced")


@pytest.mark.parametrize("text", ["throat pain", "gullet pain"])
def test_a_named_list_stands_for_its_words(text: str) -> None:
    assert _found("@throat pain", text) == {text}


def test_a_named_list_may_stand_beside_words() -> None:
    assert _found("@throat|chest closing", "chest closing") == {"chest closing"}


@pytest.mark.parametrize("between", ["", "really ", "really not ", "really not quite "])
def test_a_gap_is_up_to_so_many_words(between: str) -> None:
    assert _found("cant ~3 breathe", f"i cant {between}breathe")


def test_a_gap_is_not_more_words() -> None:
    assert not _found("cant ~3 breathe", "cant one two three four breathe")


@pytest.mark.parametrize("text", ["throat feels tight", "tightness in my throat"])
def test_either_order_is_found(text: str) -> None:
    assert _found("@throat <4> @tight", text) == {text}


@pytest.mark.parametrize("text", ["throat 1 2 3 4 5 tight", "tight 1 2 3 4 5 throat"])
def test_either_order_is_not_found_further_apart(text: str) -> None:
    assert not _found("@throat <4> @tight", text)


@pytest.mark.parametrize("end", [".", "?", "!", "\n", "。", "।"])
@pytest.mark.parametrize("pattern", ["cant ~3 breathe", "cant <3> breathe", "cant breathe"])
def test_nothing_reaches_over_the_end_of_a_sentence(pattern: str, end: str) -> None:
    assert not _found(pattern, f"i cant{end} breathe")


@pytest.mark.parametrize("text", ["FIÈVRE", "fievre", "Fie\u0300vre"])
def test_a_pattern_is_written_with_accents_or_without(text: str) -> None:
    assert _found("fièvre", text)


def test_a_pattern_is_written_with_an_apostrophe_or_without() -> None:
    assert _found("can't breathe", "cant breathe")


def test_letters_of_a_script_without_spaces_are_found_within_a_sentence() -> None:
    assert _found("胸が痛い", "昨日から胸が痛いです") == {"胸 が 痛 い"}


def test_an_emoji_can_be_a_word() -> None:
    assert _found("🩸|blood everywhere", "🩸 everywhere")


def test_signs_of_regular_expressions_in_a_stem_stand_for_themselves() -> None:
    assert not _found("38.5*|fever", "3845")


@pytest.mark.parametrize("source", ["", "~3", "@pain", "a*", "e-mail", "throat|", ". throat", "* throat", "a <1> b <2> c"])
def test_what_cannot_be_read_is_refused(source: str) -> None:
    with pytest.raises(InvalidPattern):
        Pattern(source, LISTS, Vocab())


@pytest.mark.parametrize("source", ["<4> tight", "throat <4>", "throat <4> <3> tight", "throat <x> tight", "throat ~x tight"])
def test_a_gap_written_wrongly_is_not_taken_for_a_word(source: str) -> None:
    with pytest.raises(InvalidPattern):
        Pattern(source, LISTS, Vocab())


def test_an_unknown_list_is_named() -> None:
    with pytest.raises(InvalidPattern, match="@pain"):
        Pattern("@throat @pain", LISTS, Vocab())


@pytest.mark.parametrize("entry", ["two words", "", ".", "a*"])
def test_a_list_of_anything_but_words_is_refused(entry: str) -> None:
    with pytest.raises(InvalidPattern):
        read_list(["throat", entry])


def _found(source: str, text: str) -> set[str]:
    vocabulary = Vocab()
    words = words_of(text)
    places = Pattern(source, LISTS, vocabulary).find(Doc(vocabulary, words=words))
    return {" ".join(words[start:end]) for start, end in places}
