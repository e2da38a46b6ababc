"""Questions, their examples and answers, as they stand in `data/*.yml`. Reads only; who changes them is `files.py`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from frontdesk import environment

UTTER = "utter_"
DATA = "data"  # folder, in that of the content and in that of each build
RULES = "rules.yml"  # of the dialogue: no editor's
WORDS = re.compile(r"\w+")
PLACES = re.compile(r"\{(\w+)\}")  # in an answer, of the clinic's settings
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableContent(Exception):
    """A file cannot be used as it is; says which, and what to do."""


@dataclass(frozen=True)
class Button:
    """Under an answer: leads to another."""

    title: str
    key: str


@dataclass(frozen=True)
class Wording:
    """One of the ways in which an answer is given."""

    text: str
    buttons: tuple[Button, ...] = ()
    facts: tuple[str, ...] = ()
    section: str = ""
    title: str = ""
    handoff: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False, repr=False)  # all that stands there

    @property
    def places(self) -> list[str]:
        """Settings of the clinic that it names."""
        return PLACES.findall(self.text)


@dataclass(frozen=True)
class Question:
    """What can be asked, and what is answered.

    Attributes:
        key: `aftercare/makeup`.
        file: The name of the file in which it stands.
        examples: How visitors ask it; an answer that nobody asks for has none.
        wordings: The answer's; the first is given first.
    """

    key: str
    file: str
    examples: tuple[str, ...]
    wordings: tuple[Wording, ...]

    @property
    def topic(self) -> str:
        """What it is part of."""
        return self.key.partition("/")[0]

    @property
    def name(self) -> str:
        """How it is called within its topic."""
        return self.key.partition("/")[2]

    @property
    def title(self) -> str:
        """How it reads."""
        titles = [wording.title for wording in self.wordings if wording.title]
        return titles[0] if titles else self.key.rpartition("/")[2].replace("_", " ").capitalize()

    @property
    def facts(self) -> tuple[str, ...]:
        """On which its answer rests, in the order of their first mention."""
        return tuple(dict.fromkeys(fact for wording in self.wordings for fact in wording.facts))

    @property
    def section(self) -> str:
        """Of the article."""
        return next((wording.section for wording in self.wordings if wording.section), "")

    @cached_property
    def answer_version(self) -> str:
        """By which one who edits the answer tells whether it is still the one that they saw."""
        return digest_of([dict(wording.raw) for wording in self.wordings])


@dataclass(frozen=True)
class Content:
    """All questions, by key, in the order of the files."""

    questions: Mapping[str, Question]

    @cached_property
    def by_words(self) -> Mapping[str, tuple[str, str]]:
        """Of each example, without case and punctuation: its question's key and how it stands there."""
        return {same_words(text): (one.key, text) for one in self.questions.values() for text in one.examples}

    @cached_property
    def topics(self) -> list[str]:
        """All, in order."""
        return sorted({one.topic for one in self.questions.values()})

    @cached_property
    def responses(self) -> dict[str, list[dict[str, Any]]]:
        """All answers, in the shape in which the assistant takes them."""
        return {
            f"{UTTER}{one.key}": [dict(wording.raw) for wording in one.wordings]
            for one in self.questions.values()
            if one.wordings
        }


def data_folder(of: Path | None = None) -> Path:
    """Where the files are: the editors' own, or those of a build."""
    return (of or environment.CONTENT) / DATA


def content(of: Path | None = None) -> Content:
    """What the files say now.

    Args:
        of: The folder in which `data/` is; the editors' where it is left out.

    Raises:
        UnreadableContent: If a file is none that can be used.
    """
    folder = data_folder(of)
    if not folder.is_dir():
        raise UnreadableContent(f"The folder {folder} is not there.")
    stamps = tuple(
        (path.name, status.st_mtime_ns, status.st_size)
        for path in sorted(folder.glob("*.yml"))
        if path.name != RULES and (status := path.stat())
    )
    return _content(folder, stamps)


def same_words(text: str) -> str:
    """A text without case and punctuation: two examples that are the same to whoever trains."""
    return " ".join(WORDS.findall(text.lower())) or text


def digest_of(value: object) -> str:
    """Of a value in JSON; 16 characters, as the assistant makes it."""
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def examples_of(block: str) -> list[str]:
    """The examples of a block, in order."""
    lines = (line.strip() for line in block.splitlines())
    return [line[1:].strip() for line in lines if line.startswith("-") and line[1:].strip()]


@lru_cache(maxsize=4)  # the draft, what is live, and two more that are compared
def _content(folder: Path, stamps: tuple[tuple[str, int, int], ...]) -> Content:
    found: dict[str, Question] = {}
    for name, mtime, size in stamps:
        for question in _questions(folder / name, mtime, size):
            if question.key in found:
                raise UnreadableContent(f"{question.key} stands in data/{found[question.key].file} and in data/{name}.")
            found[question.key] = question
    return Content(found)


@lru_cache(maxsize=80)  # eighteen files of four folders
def _questions(path: Path, _mtime: int, _size: int) -> tuple[Question, ...]:
    try:
        read = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader) or {}  # noqa: S506 - safe, but in C
        return tuple(_read(read, path.name))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{DATA}/{path.name}:{mark.line + 1}" if mark else f"{DATA}/{path.name}"
        raise UnreadableContent(f"{where} is not valid YAML. Look at this line and the one above.") from error
    except (AttributeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise UnreadableContent(f"{DATA}/{path.name} is not a file of questions and answers.") from error


def _read(read: Mapping[str, Any], file: str) -> Iterable[Question]:
    examples: dict[str, tuple[str, ...]] = {}
    for block in read.get("nlu") or []:
        key = str(block["intent"]).strip()
        examples[key] = (*examples.get(key, ()), *examples_of(block["examples"]))
    answers = {name.removeprefix(UTTER): wordings for name, wordings in (read.get("responses") or {}).items()}
    for key in dict.fromkeys([*examples, *answers]):
        yield Question(key, file, examples.get(key, ()), tuple(map(wording_of, answers.get(key) or [])))


def wording_of(raw: Mapping[str, Any]) -> Wording:
    """An answer's wording from what stands in the file."""
    said = raw.get("metadata") or {}
    return Wording(
        text=str(raw.get("text", "")),
        buttons=tuple(Button(str(one["title"]), str(one["payload"]).lstrip("/")) for one in raw.get("buttons") or []),
        facts=tuple(map(str, said.get("facts") or [])),
        section=str(said.get("section", "")),
        title=str(said.get("title", "")),
        handoff=bool(said.get("handoff")),
        raw=raw,
    )
