"""Tests that editors keep: a message and the answer that it must get. They stand in a file beside the questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from frontdesk import environment
from frontdesk.content import files, git
from frontdesk.content.questions import UnreadableContent
from frontdesk.content.readings import Reading

HEAD = "# Tests that editors keep at the desk: each message must get this answer, or a release is stopped.\n"
NAME = "tests/editors.yml"


@dataclass(frozen=True)
class KeptTest:
    """A message, and what it must be answered with: a question's key, or a concern's level."""

    text: str
    key: str = ""
    concern: str = ""

    def passes(self, reading: Reading) -> bool:
        """Whether this is what it must be answered with."""
        return (not self.key or self.key in reading.said) and (not self.concern or self.concern == reading.concern)


def file() -> Path:
    """Where they stand."""
    return environment.CONTENT / NAME


def kept_tests() -> list[KeptTest]:
    """All, in the order in which they were kept.

    Raises:
        UnreadableContent: If the file is none of tests.
    """
    try:
        read = yaml.safe_load(file().read_text(encoding="utf-8")) or []
        return [KeptTest(str(one["text"]), str(one.get("key") or ""), str(one.get("concern") or "")) for one in read]
    except FileNotFoundError:
        return []
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableContent(f"{NAME} is not a list of tests.") from error


def kept_test_add(author: str, test: KeptTest) -> None:
    """Adds a test; one of the same message is replaced.

    Raises:
        UnreadableContent, OSError: Nothing was changed.
    """
    with files.writing():
        tests = [one for one in kept_tests() if one.text != test.text] + [test]
        _write(tests, author, "content: Test kept.")


def kept_test_delete(author: str, text: str) -> None:
    """Lets a test go.

    Raises:
        UnreadableContent, OSError: Nothing was changed.
    """
    with files.writing():
        _write([one for one in kept_tests() if one.text != text], author, "content: Test dropped.")


def kept_test_rename(author: str, old: str, new: str) -> int:
    """A question is called otherwise: the tests that expect it go with it. Returns how many.

    Not to be called while `files.writing`, which waits for itself.

    Raises:
        UnreadableContent, OSError: Nothing was changed.
    """
    with files.writing():
        tests = kept_tests()
        count = sum(one.key == old for one in tests)
        if count:
            _write([replace(one, key=new) if one.key == old else one for one in tests], author, "content: Tests moved.")
    return count


def kept_tests_expecting(key: str) -> int:
    """How many expect a question; none where the file cannot be read, which the tests' page says."""
    try:
        return sum(one.key == key for one in kept_tests())
    except (UnreadableContent, OSError):
        return 0


def _write(tests: Sequence[KeptTest], author: str, message: str) -> None:
    file().parent.mkdir(parents=True, exist_ok=True)
    files.replace(file(), HEAD + files.listed([_node(one) for one in tests]))
    git.commit([file()], author, message)


def _node(test: KeptTest) -> CommentedMap:
    values: dict[str, Any] = {"text": DoubleQuotedScalarString(test.text)}
    values |= {name: value for name, value in (("key", test.key), ("concern", test.concern)) if value}
    node = CommentedMap(values)
    node.fa.set_flow_style()
    return node
