"""Writes `data/*.yml`: what is not changed stays as it was, to the last comment and space. One writer at a time."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from frontdesk import environment
from frontdesk.content.operations import Added, Answer, Deleted, DoesNotFit, Examples, Operation, Raw
from frontdesk.content.questions import DATA, UTTER, content, data_folder, examples_of, same_words

NO_LINE_IS_BROKEN = 10**6  # characters
BEGUN = (
    f"{DATA}/.*.yml.*",
    "tests/.*.yml.*",
)  # how a file is called that `replace` has not put in its place yet, but for digits


@contextlib.contextmanager
def writing() -> Iterator[None]:
    """While it lasts, no other process changes the files. A process that dies in it leaves the way free."""
    environment.VAR.mkdir(parents=True, exist_ok=True)
    with (environment.VAR / "content.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _begun_go()
        yield


def _begun_go() -> None:
    """What a process had begun to write when it died is nobody's any more: nobody else writes now."""
    for pattern in BEGUN:
        for path in environment.CONTENT.glob(pattern):
            if path.suffix[1:].isdigit():
                with contextlib.suppress(OSError):
                    path.unlink()


def apply(operations: Sequence[Operation]) -> list[Path]:
    """Does the operations, all or, where one does not fit, none; to be called while `writing`.

    Returns:
        The files that are changed, each of them either as it was or as it is to be, whenever the machine dies.

    Raises:
        DoesNotFit: What an operation takes away does not stand there.
        UnreadableContent: If a file cannot be used as it is.
        OSError: If one cannot be written.
    """
    texts: dict[str, str] = {}
    where = {question.key: question.file for question in content().questions.values()}
    for name, some in _by_file(operations, where):
        before = texts[name] if name in texts else (data_folder() / name).read_text(encoding="utf-8")
        texts[name] = _changed(before, some)
    for name, text in texts.items():
        replace(data_folder() / name, text)
    return [data_folder() / name for name in texts]


def remaining(operations: Sequence[Operation]) -> list[Operation]:
    """Those of the operations that were not done when the machine died in the midst of them: a file has all of its own, or none."""
    known = content().questions
    return [one for one in operations if not _is_done(one, known)]


def replace(path: Path, text: str) -> None:
    """Puts a file in another's place, whole.

    Raises:
        OSError: If the disk is full, or may not be written to: the file is as it was.
    """
    written = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with written.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)


def round_trip(text: str) -> str:
    """What is written of a file in which nothing was changed: the file."""
    reader = _reader()
    return _dumped(reader, reader.load(text))


def listed(nodes: Sequence[CommentedMap]) -> str:
    """A file that is a list."""
    reader = _reader()
    reader.indent(mapping=2, sequence=2, offset=0)
    return _dumped(reader, CommentedSeq(nodes)) if nodes else "[]\n"


def _by_file(operations: Iterable[Operation], where: dict[str, str]) -> Iterator[tuple[str, list[Operation]]]:
    """The operations in their order, those that follow one another in one file together."""
    some: list[Operation] = []
    name = ""
    for one in operations:
        file = where.get(one.key) or _file_of_topic(one.key, where)
        where[one.key] = file
        if some and file != name:
            yield name, some
            some = []
        name = file
        some.append(one)
    if some:
        yield name, some


def _file_of_topic(key: str, where: Mapping[str, str]) -> str:
    topic = key.partition("/")[0]
    names = {file for other, file in where.items() if other.partition("/")[0] == topic}
    if not names:
        raise DoesNotFit(key, "question_gone")
    return f"{topic}.yml" if f"{topic}.yml" in names else min(names)


def _changed(text: str, operations: Iterable[Operation]) -> str:
    """A file's text after operations on questions that are in it, or come into it."""
    reader = _reader()
    document = None
    for one in operations:
        if document is not None and isinstance(one, (Added, Deleted)):
            text, document = _dumped(reader, document), None
        if isinstance(one, Added):
            text = _with_question(one, text)
        elif isinstance(one, Deleted):
            text = _without_question(one, text)
        else:
            document = document or reader.load(text)
            if isinstance(one, Examples):
                _examples(one, document)
            else:
                _answer(one, document)
    return text if document is None else _dumped(reader, document)


def _reader() -> YAML:
    reader = YAML()
    reader.preserve_quotes = True
    reader.width = NO_LINE_IS_BROKEN
    reader.indent(mapping=2, sequence=4, offset=2)
    return reader


def _dumped(reader: YAML, document: Any) -> str:
    written = io.StringIO()
    reader.dump(document, written)
    return written.getvalue()


def _examples(one: Examples, document: CommentedMap) -> None:
    blocks = [block for block in document.get("nlu") or [] if block["intent"] == one.key]
    if not blocks:
        raise DoesNotFit(one.key, "question_gone")
    by = dict(zip(one.removed, one.added, strict=True)) if len(one.added) == len(one.removed) else {}
    going = set(one.removed)
    there: set[str] = set()
    for block in blocks:
        lines = []
        for line in str(block["examples"]).splitlines():
            text = line.strip()[1:].strip() if line.strip().startswith("-") else ""
            if text in going:
                going.remove(text)
                lines += [f"- {by[text]}"] if by else []
            else:
                there.add(same_words(text))
                lines.append(line)
        if len(going) < len(one.removed):
            block["examples"] = _literal(lines)
    if going:
        raise DoesNotFit(one.key, "example_gone", min(going))
    for text in one.added:
        if same_words(text) in there:
            raise DoesNotFit(one.key, "example_there", text)
        there.add(same_words(text))
    if one.added and not by:
        blocks[-1]["examples"] = _literal([*str(blocks[-1]["examples"]).splitlines(), *(f"- {text}" for text in one.added)])


def _literal(lines: Sequence[str]) -> Any:
    return LiteralScalarString("\n".join(lines) + "\n")


def _answer(one: Answer, document: CommentedMap) -> None:
    responses = document.get("responses") or {}
    name = f"{UTTER}{one.key}"
    if name not in responses:
        raise DoesNotFit(one.key, "question_gone")
    if _plain(responses[name]) != _plain(one.before):
        raise DoesNotFit(one.key, "answer_changed")
    old = list(responses[name])
    for place, raw in enumerate(one.after):
        if place >= len(old):
            responses[name].append(_node(raw))
        elif _plain(old[place]) != _plain(raw):
            _change(old[place], raw)
    del responses[name][len(one.after) :]


def _change(node: CommentedMap, raw: Raw) -> None:
    """Changes of a wording only what is another: the rest keeps its style."""
    for name in [name for name in node if name not in raw]:
        del node[name]
    for name, value in raw.items():
        if name not in node or _plain(node[name]) != _plain(value):
            node[name] = _value(name, value)


def _with_question(one: Added, text: str) -> str:
    """A question is put behind the others of its file, its answer behind theirs."""
    blocks, answers, responses = _lines_of(text)
    if one.key in blocks or f"{UTTER}{one.key}" in answers:
        raise DoesNotFit(one.key, "question_there")
    lines = text.rstrip("\n").split("\n")
    lines += [
        "",
        *_dumped(_reader(), {"responses": {f"{UTTER}{one.key}": [_node(raw) for raw in one.wordings]}}).splitlines()[1:],
    ]
    if one.examples:
        while responses > 0 and not lines[responses - 1].strip():
            del lines[responses - 1]  # the empty lines before `responses:` go behind what is put there
            responses -= 1
        block = [f"  - intent: {one.key}", "    examples: |", *(f"      - {example}" for example in one.examples)]
        lines[responses:responses] = ["", *block, ""]
    return "\n".join(lines) + "\n"


def _without_question(one: Deleted, text: str) -> str:
    """A question is taken away with its answer, and the empty line behind each."""
    blocks, answers, _ = _lines_of(text)
    name = f"{UTTER}{one.key}"
    if one.key not in blocks and name not in answers:
        raise DoesNotFit(one.key, "question_gone")
    read = yaml.load(text, Loader=yaml.CSafeLoader)
    there = [
        example for block in read.get("nlu") or [] if block["intent"] == one.key for example in examples_of(block["examples"])
    ]
    if sorted(there) != sorted(one.examples) or _plain((read.get("responses") or {}).get(name, [])) != _plain(one.wordings):
        raise DoesNotFit(one.key, "question_changed")
    lines = text.split("\n")
    for first, last in sorted([*blocks.get(one.key, []), *answers.get(name, [])], reverse=True):
        del lines[first:last]
    return "\n".join(lines).rstrip("\n") + "\n"


def _lines_of(text: str) -> tuple[dict[str, list[tuple[int, int]]], dict[str, list[tuple[int, int]]], int]:
    """From which line up to which each question's examples and each answer stand, and in which line the answers begin."""
    root: Any = yaml.compose(text, Loader=yaml.CSafeLoader)
    sections = {key.value: (key.start_mark.line, value) for key, value in root.value}
    lines = text.rstrip("\n").count("\n") + 1
    responses, answers = sections.get("responses", (lines, None))
    blocks = sections["nlu"][1].value if "nlu" in sections else []
    starts = [block.start_mark.line for block in blocks] + [responses]
    of_blocks: dict[str, list[tuple[int, int]]] = {}
    for block, first, last in zip(blocks, starts, starts[1:], strict=False):
        intent = next(value.value for key, value in block.value if key.value == "intent")
        of_blocks.setdefault(intent, []).append((first, last))
    names = answers.value if answers is not None else []
    ends = [key.start_mark.line for key, _ in names[1:]] + [lines]
    of_answers = {key.value: [(key.start_mark.line, end)] for (key, _), end in zip(names, ends, strict=True)}
    return of_blocks, of_answers, responses


def _node(raw: Raw) -> CommentedMap:
    return CommentedMap({name: _value(name, value) for name, value in raw.items()})


def _value(name: str, value: Any) -> Any:
    """A value in the style in which its kind stands in our files."""
    if name in ("text", "title") and isinstance(value, str):
        return DoubleQuotedScalarString(value)
    if name == "buttons":
        return CommentedSeq([_button(button) for button in value])
    if isinstance(value, Mapping):
        node = CommentedMap({key: _inside(one) for key, one in value.items()})
        node.fa.set_flow_style()
        return node
    return value


def _button(raw: Raw) -> CommentedMap:
    return CommentedMap(title=DoubleQuotedScalarString(str(raw["title"])), payload=raw["payload"])


def _inside(value: Any) -> Any:
    if isinstance(value, list):
        node = CommentedSeq(value)
        node.fa.set_flow_style()
        return node
    return value


def _plain(value: Any) -> Any:
    """Without style, to be compared."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, str) else value


def _is_done(one: Operation, known: Mapping[str, Any]) -> bool:
    question = known.get(one.key)
    if isinstance(one, Deleted):
        return question is None
    if question is None:
        return False
    if isinstance(one, Added):
        return True
    if isinstance(one, Answer):
        return bool(_plain([dict(wording.raw) for wording in question.wordings]) == _plain(one.after))
    there = set(question.examples)
    return set(one.added) <= there and there.isdisjoint(set(one.removed) - set(one.added))
