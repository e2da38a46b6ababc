"""Messages cut into words. Not `test_text.py`: pytest tells files without a package apart by name, and the assistant has one."""

from __future__ import annotations

import pytest

from safety.text import BREAK, LONGEST, words_of


@pytest.mark.parametrize("text", ["", " ", "\t", "\u200b\u200b", "-", ",,,", "()"])
def test_a_text_without_words_has_none(text: str) -> None:
    assert words_of(text) == []


def test_case_does_not_count() -> None:
    assert words_of("My THROAT") == ["my", "throat"]


@pytest.mark.parametrize("apostrophe", "'’‘`´ʼ")
def test_an_apostrophe_does_not_count(apostrophe: str) -> None:
    assert words_of(f"can{apostrophe}t") == ["cant"]


@pytest.mark.parametrize(
    ("text", "word"), [("Fièvre", "fievre"), ("fie\u0300vre", "fievre"), ("Übel", "ubel"), ("niño", "nino"), ("ação", "acao")]
)
def test_a_latin_accent_does_not_count(text: str, word: str) -> None:
    assert words_of(text) == [word]


@pytest.mark.parametrize("sign", ["\u200b", "\u200d", "\u00ad", "\ufeff", "\u2060", "\u202e", "\ufe0f"])
def test_an_invisible_sign_within_a_word_does_not_count(sign: str) -> None:
    assert words_of(f"thr{sign}oat") == ["throat"]


def test_full_width_letters_are_letters() -> None:
    assert words_of("ｔｈｒｏａｔ") == ["throat"]


@pytest.mark.parametrize("end", ".?!;\n。！？।؟")
def test_the_end_of_a_sentence_is_kept(end: str) -> None:
    assert words_of(f"one{end}two") == ["one", BREAK, "two"]


def test_three_dots_end_a_sentence() -> None:
    assert words_of("one…two") == ["one", BREAK, "two"]


@pytest.mark.parametrize("between", [" ", ", ", "-", "/", " (", '"', "\u00a0", "\t", ":"])
def test_other_punctuation_is_between_words(between: str) -> None:
    assert words_of(f"one{between}two") == ["one", "two"]


@pytest.mark.parametrize("number", ["38.5", "38,5", "1.000.000"])
def test_a_number_is_one_word(number: str) -> None:
    assert words_of(f"fever of {number} today") == ["fever", "of", number, "today"]


def test_a_full_stop_after_a_number_ends_the_sentence() -> None:
    assert words_of("it is 39. help") == ["it", "is", "39", BREAK, "help"]


@pytest.mark.parametrize(
    ("text", "letters"), [("胸が痛い", ["胸", "が", "痛", "い"]), ("呼吸", ["呼", "吸"]), ("เจ็บ"[:1], ["เ"])]
)
def test_a_letter_of_a_script_without_spaces_stands_for_itself(text: str, letters: list[str]) -> None:
    assert words_of(text) == letters


def test_an_emoji_stands_for_itself() -> None:
    assert words_of("help🆘🩸now") == ["help", "🆘", "🩸", "now"]


@pytest.mark.parametrize("text", ["सांस नहीं आ रही", "শ্বাস নিতে পারছি না", "श्वास घेता येत नाही"])
def test_the_vowel_signs_of_indic_scripts_stay_in_their_words(text: str) -> None:
    assert words_of(text) == text.split()


@pytest.mark.parametrize(
    ("one", "other"), [("أشعر", "اشعر"), ("صَدْري", "صدري"), ("حالة", "حاله"), ("مستشفى", "مستشفي"), ("سانس کی", "سانس كي")]
)
def test_an_arabic_word_is_the_same_either_way_it_is_written(one: str, other: str) -> None:
    assert words_of(one) == words_of(other)


def test_what_is_longer_than_any_message_is_cut() -> None:
    assert words_of("a " * LONGEST + "throat")[-1] == "a"
