"""People's names, by the words around them: a language model that finds them is larger than all of the front desk."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import regex

from frontdesk.privacy.patterns import is_given_name, pattern

MOST = 4  # words of a name
SHORT = 60  # characters: a farewell and a name may well have capitals throughout
AGE = regex.compile(r", ?\(?[1-9]\d(?![\d%]|[.,]\d)(?! ?(?:mg|ml|euro|€|£|min|week|day|hour|tablet))")
FLAGS = regex.IGNORECASE
WORD = regex.compile(r"\p{L}\p{M}*(?:[\p{L}\p{M}]|['’-](?=\p{L}))*")
GAP = regex.compile(r"[ \t]+|[ \t]*,[ \t]+(?=\p{Lu})")
ENDING = regex.compile(r"[\s.!?,x♥❤🙏😊🙂👋(){}\[\]~*-]*", FLAGS)


def names(text: str) -> Iterator[tuple[str, int, int]]:
    """Where a name stands, without the words by which it was known."""
    shouted = text.isupper() or (text.istitle() and len(text) > SHORT)  # capitals say nothing then
    for match in _cue("names_certain").finditer(text):
        yield from _name(text, match.end(), certain=True, shouted=shouted)
    greeted = _greeted().match(text)
    for match in _cue("names_oneself").finditer(text):
        yield from _oneself(text, match.end(), shouted=shouted)
    for match in _cue("names_likely").finditer(text):
        yield from _name(text, match.end(), greeted=greeted is not None and match.start() == greeted.end(), shouted=shouted)
    for match in _cue("names_possible").finditer(text):
        yield from _name(text, match.end(), known_only=True, shouted=shouted)
    for match in _cue("names_of").finditer(text):
        yield from _name(text, match.end(), greeted=True, shouted=shouted)
    for match in _cue("names_of_known").finditer(text):
        yield from _name(text, match.end(), known_only=True, shouted=shouted)
    for match in _cue("titles_certain").finditer(text):
        if not _after_article(text, match.start()):
            yield from _name(text, match.end(), certain=True, shouted=shouted)
    for match in _titles().finditer(text):
        if not _after_article(text, match.start()):
            yield from _name(text, match.end(), titled=True, shouted=shouted)
    for match in _cue("farewells").finditer(text):
        yield from _signature(text, match.end(), shouted=shouted)
    yield from _last_line(text)
    if not shouted:
        yield from _whole_names(text)
    for match in _here().finditer(text):
        name = match["name"]
        greets = greeted is not None and match.start() == greeted.end() and _capital(name) and not _is_no_name(name)
        if greets or is_given_name(name):
            yield "name", *match.span("name")
    for match in _is_my_name().finditer(text):
        if not _is_no_name(match["name"]):
            yield "name", *match.span("name")
    first = WORD.match(text)
    if first and is_given_name(first.group()) and AGE.match(text, first.end()):
        yield "name", *first.span()


def _name(
    text: str,
    start: int,
    *,
    certain: bool = False,
    greeted: bool = False,
    titled: bool = False,
    known_only: bool = False,
    shouted: bool = False,
) -> Iterator[tuple[str, int, int]]:
    """The name that begins here, if one does.

    Args:
        text: All of it.
        start: Where the words that announce a name end.
        certain: Whether they announce nothing else.
        greeted: Whether a greeting came before them: who begins so says who they are.
        titled: Whether they are a title, after which a surname comes.
        known_only: Whether it must be a first name that is known, with a capital.
        shouted: Whether capitals say nothing.
    """
    words = _words(text, start)
    if not words:
        return
    first, begin, _ = words[0]
    if _is_no_name(first):
        return
    capital = _capital(first) and not shouted
    known = is_given_name(first)
    arabic = _arabic(first)
    second = len(words) > 1 and _capital(words[1][0]) and not shouted and not _is_no_name(words[1][0])
    if known_only and not (known and (capital or _arabic(first))):
        return
    if capital and first.isupper() and len(first) > 1 and not known and not certain:
        return  # HIV, RA, HEMA
    aged = is_given_name(first.capitalize()) and AGE.match(text, words[0][2]) is not None
    likely = known or aged or (capital and (titled or greeted or second)) or (arabic and titled)
    if not (certain or likely):
        return
    yield "name", begin, _end(words, capital=capital, certain=certain, shouted=shouted)


def _oneself(text: str, start: int, *, shouted: bool) -> Iterator[tuple[str, int, int]]:
    """After "I am": a word with a capital that is neither a people's, a belief's nor an illness's."""
    words = _words(text, start)
    if words and not shouted and _capital(words[0][0]) and not words[0][0].isupper():
        first = words[0][0]
        is_medicine = len(words) > 1 and regex.fullmatch(pattern("not_oneself_before"), words[1][0], FLAGS) is not None
        if len(first) > 2 and not is_medicine and not _is_no_name(first) and not _not_oneself().fullmatch(first):
            yield "name", words[0][1], _end(words, capital=True, certain=False, shouted=False)


def _end(words: list[tuple[str, int, int]], *, capital: bool, certain: bool, shouted: bool) -> int:
    """Where a name ends whose first word is the first of these."""
    end = words[0][2]
    taken = 1
    for place, (word, _, after) in enumerate(words[1:], 1):
        if _particle(word) and place + 1 < len(words):
            following = words[place + 1][0]
            if (_capital(following) or not capital) and not _is_no_name(following):
                continue  # taken with what follows
            break
        if _is_no_name(word):
            break
        if capital and not _capital(word):
            break
        if not capital and not _arabic(word) and not (is_given_name(word) or (certain and taken == 1)):
            break
        if _arabic(word) and not (is_given_name(word) or word.startswith(("ال", "عبد"))):
            break
        end, taken = after, taken + 1
    return end


def _signature(text: str, start: int, *, shouted: bool) -> Iterator[tuple[str, int, int]]:
    """A name that is all that comes after a farewell."""
    rest = regex.match(r"[\s,،.!–—:-]*", text, pos=start)
    begin = rest.end() if rest else start
    words = _words(text, begin)
    while len(words) > 1 and set(words[-1][0].lower()) == {"x"}:
        words.pop()  # kisses
    if not words or len(words) > MOST or not ENDING.fullmatch(text, words[-1][2]):
        return
    first = words[0][0]
    separated = any(char in ",،.!\n–—" for char in text[start:begin])
    if any(_is_no_name(word) for word, _, _ in words):
        return
    if is_given_name(first) or (separated and not shouted and all(_capital(word) for word, _, _ in words[:2])):
        yield "name", words[0][1], words[-1][2]


def _last_line(text: str) -> Iterator[tuple[str, int, int]]:
    """A name that is a line of its own at the end."""
    place = max(text.rfind("\n"), text.rfind(" - "), text.rfind("– "), text.rfind("— "), 0)
    if place == 0 and not text.startswith(("-", "–", "—")):
        return
    lead = regex.compile(r"[\s–—-]*").match(text, place)
    words = _words(text, lead.end() if lead else place)
    if words and ENDING.fullmatch(text, words[-1][2]) and is_given_name(words[0][0]) and _capital(words[0][0]):
        yield "name", words[0][1], words[-1][2]


def _whole_names(text: str) -> Iterator[tuple[str, int, int]]:
    """A first name that is known, and a surname after it, both with capitals."""
    for match in WORD.finditer(text):
        word = match.group()
        if not _capital(word) or not is_given_name(word):
            continue
        words = _words(text, match.start())
        if len(words) > 1 and text[words[0][2] : words[1][1]].isspace():
            end = _end(words, capital=True, certain=False, shouted=False)
            surname = text[words[0][2] : end].strip()
            if surname and len(surname) > 2 and not surname.isupper():
                yield "name", match.start(), end


def _words(text: str, start: int) -> list[tuple[str, int, int]]:
    """The next words with nothing but spaces between them, at most as many as a name has."""
    found: list[tuple[str, int, int]] = []
    gap = regex.compile(r"[\s:,\"'“«(]*").match(text, start)
    place = gap.end() if gap else start
    while len(found) < MOST:
        match = WORD.match(text, place)
        if match is None:
            break
        found.append((match.group(), match.start(), match.end()))
        space = regex.compile(r"\.?[ \t]+").match(text, match.end())
        if space is None or (space.group().startswith(".") and len(match.group()) > 4):
            break
        place = space.end()
    return found


def _is_no_name(word: str) -> bool:
    return _no_names().fullmatch(word) is not None


def _particle(word: str) -> bool:
    return _particles().fullmatch(word) is not None


def _capital(word: str) -> bool:
    return word[0].isupper()


def _arabic(word: str) -> bool:
    return "\u0621" <= word[0] <= "\u064a"


def _after_article(text: str, start: int) -> bool:
    return _articles().search(text[max(0, start - 12) : start]) is not None


@cache
def _cue(key: str) -> regex.Pattern[str]:
    return regex.compile(rf"(?<![\w'’])(?:{pattern(key)})(?![\w'’])", FLAGS)


@cache
def _greeted() -> regex.Pattern[str]:
    return regex.compile(pattern("names_greeted"), FLAGS)


@cache
def _titles() -> regex.Pattern[str]:
    return regex.compile(rf"(?<![\w'’])(?:{pattern('titles')})(?!\w)", FLAGS)


@cache
def _articles() -> regex.Pattern[str]:
    return regex.compile(rf"(?<!\w)(?:{pattern('titles_after')})\s+$", FLAGS)


@cache
def _not_oneself() -> regex.Pattern[str]:
    return regex.compile(pattern("not_oneself"), FLAGS)


@cache
def _no_names() -> regex.Pattern[str]:
    return regex.compile(pattern("no_names"), FLAGS)


@cache
def _particles() -> regex.Pattern[str]:
    return regex.compile(pattern("particles"), FLAGS)


@cache
def _here() -> regex.Pattern[str]:
    return regex.compile(r"(?<![\w'’])(?P<name>\p{L}+) (?:here|speaking|hier|ici|aqu[ií])(?!\w)", FLAGS)


@cache
def _is_my_name() -> regex.Pattern[str]:
    kinds = "sur|first |last |family |pr[ée]|vor|nach"
    return regex.compile(
        rf"(?<![\w'’])(?P<name>\p{{L}}+) (?:is|est|ist|es|é) (?:my|mon|mein|mi|o meu) (?:{kinds})?(?:name|nom|nombre|nome)",
        FLAGS,
    )
