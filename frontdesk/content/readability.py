"""How hard a text is to read: the grade of Flesch and Kincaid, years at school that it takes. For English.

J. P. Kincaid, R. P. Fishburne, R. L. Rogers, B. S. Chissom: Derivation of new readability formulas for Navy enlisted personnel.
Research Branch Report 8-75, Naval Technical Training Command, 1975.
"""

from __future__ import annotations

import re

FEWEST_WORDS = 8  # of fewer, the grade says nothing
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# A dot within a number or an abbreviation ends no sentence; nor does one after which the text goes on in small letters.
SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)]*(?=\s+[^a-z\s]|\s*$)")
TITLES = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St|No)\.")
NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
SYLLABLE = re.compile(r"[aeiouy]+")
# Letters that stand for no sound of their own, before which nothing is counted.
SILENT_END = re.compile(
    r"(?<=[^aeiouy])e$|(?<=[^aeiouytd])ed$|(?<=[^aeiouyszxclhg])es$|(?<=[sc]h)(?:e|ed)$|(?<=[aeiouy])[ef]d$"
)
SILENT_WITHIN = re.compile(r"(?<=[aeiouy][^aeiouylr])e(?=(?:ly|less|ness|ment|ful)(?:s|ly)?$)")
CONSONANT_LE = re.compile(r"[^aeiouy]les?$")
# Two vowels that are spoken apart.
APART = re.compile(
    r"i[ao](?!u)|(?<!q)u[ao]|eo(?!u)|ea(?=s?$|ct|ti[ov]|tor)|[aeo]ing|y[aio](?!u)|aye|ii|io[ux]|ie(?=t|nt|nc|r\b|st)|eu[mr]?$|oe(?=v|a)"
)
TOGETHER = re.compile(
    r"[tscgx]i[ao]|li[ao](?=[nr])|[tc]ien|gua|ques?$|geo|ia(?=ge)|eau|[xntcg]iou|people|^every|^some(?=\w)|fore(?=h)"
)
NOT_SHORT = re.compile(r"[^aeiour]n't$")  # is a syllable: doesn't


def grade(text: str) -> float | None:
    """Years at school that it takes to read it with ease; None where there is too little to read.

    Source: see above; 0.39 x words per sentence + 11.8 x syllables per word - 15.59.
    """
    spoken = TITLES.sub(lambda found: found[0][:-1], NUMBER.sub(" one ", text))
    words = WORD.findall(spoken)
    if len(words) < FEWEST_WORDS:
        return None
    sentences = max(len(SENTENCE_END.findall(spoken.strip())), 1)
    return grade_of(len(words), sentences, sum(map(syllables, words)))


def grade_of(words: int, sentences: int, syllables: int) -> float:
    """The formula."""
    return 0.39 * words / sentences + 11.8 * syllables / words - 15.59


def word_count(text: str) -> int:
    """How many words it has."""
    return len(text.split())


def syllables(word: str) -> int:
    """How many an English word has, as its letters tell: groups of vowels, without those that are silent."""
    whole = word.lower().replace("’", "'")
    word = whole.partition("'")[0]
    voiced = SILENT_WITHIN.sub("", SILENT_END.sub("", word))
    count = len(SYLLABLE.findall(voiced))
    count += len(APART.findall(word)) - len(TOGETHER.findall(word))
    count += bool(NOT_SHORT.search(whole))
    count += bool(CONSONANT_LE.search(word)) and not voiced.endswith(("le", "les"))
    return max(count, 1)
