"""Reads the training data: once, quickly, and with an exact word on what is wrong with it.

Rasa's own importer reads every file four times over, which takes longer than the training; and of an example that stands under two
questions, or a question without an answer, it says nothing or something vague. Named in `config.yml`, so `rasa train` and
`rasa data validate` use it too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.importers.utils import story_graph_from_paths
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

# The project's own data is held to the rules below; other data that somebody trains with this configuration is read as Rasa would.
# Whatever the folder that they are read from, they are named as what is in this one.
OWN_DATA = Path("data")
PLAIN_BLOCK = {"intent", "examples"}
# What only Rasa's reader understands: entities, and metadata of single examples.
MARKUP = re.compile(r"\[[^\]]+\][({]")
MOST_PROBLEMS = 20  # that are printed at once


class InvalidData(RasaException):
    """The training data contradicts itself; one line per problem, with file, line and what to do."""


class Example(Message):
    """A training example that Rasa can copy and compare a hundred thousand times without it taking a minute."""

    def __hash__(self) -> int:
        """See parent class; computed from the words, not from a digest of everything."""
        return hash((self.data.get(TEXT), self.data.get(INTENT), self.data.get(INTENT_RESPONSE_KEY)))

    def __eq__(self, other: object) -> bool:
        """See parent class."""
        return isinstance(other, Message) and self.data == other.data and not self.features and not other.features

    def __deepcopy__(self, memo: dict[int, Any]) -> Example:
        """A copy of its own; the values, all of them strings, are shared."""
        return Example(dict(self.data), set(self.output_properties), self.time, list(self.features))

    def fingerprint(self) -> str:
        """See parent class; of the strings, and of the features' bytes."""
        if not all(features.is_dense() for features in self.features):
            return super().fingerprint()
        digest = hashlib.md5(repr(sorted(self.data.items())).encode("utf-8", "surrogatepass"), usedforsecurity=False)
        for features in self.features:
            digest.update(features.origin.encode() + features.features.tobytes())
        return digest.hexdigest()


@dataclass
class _Contents:
    """What the files say, and where."""

    examples: list[Example] = field(default_factory=list)
    responses: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    # For the checks: of each example its key, text and place; of each key its place; of each button its target and place.
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)


class TopicImporter(RasaFileImporter):
    """Rasa's importer, with a reader of its own for plain NLU files and checks of the project's data."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        own_data: Path = OWN_DATA,
    ) -> None:
        """See parent class.

        Args:
            config_file: The configuration.
            domain_path: The domain.
            training_data_paths: Files and folders of data.
            own_data: The folder of which the data are held to the rules.
        """
        super().__init__(config_file, domain_path, training_data_paths)
        self._own_data = own_data.resolve()

    @cached_method
    def get_config(self) -> dict[str, Any]:
        """See parent class."""
        return super().get_config()

    @cached_method
    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """See parent class."""
        return story_graph_from_paths(self._story_files, self._domain_with_topics(), exclusion_percentage)

    @cached_method
    def get_conversation_tests(self) -> StoryGraph:
        """See parent class."""
        return story_graph_from_paths(self._conversation_test_files, self._domain_with_topics())

    def _domain_with_topics(self) -> Domain:
        """The domain with the intents of the NLU data, which Rasa adds later and the rules name already."""
        return self.get_domain().merge(Domain.from_dict({"intents": sorted(self.get_nlu_data().intents)}))

    @cached_method
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """See parent class.

        Raises:
            InvalidData: If a file of the project's data is not valid, or the files contradict one another.
        """
        contents, others = _Contents(), []
        for path in sorted(Path(file) for file in self._nlu_files):
            if not _read_plain(path, self._name_of(path), contents):
                others.append(load_data(str(path), language or "en"))
        problems = list(_problems(contents))
        if problems:
            more = [f"... and {len(problems) - MOST_PROBLEMS} more."] if len(problems) > MOST_PROBLEMS else []
            raise InvalidData("\n".join(["The training data cannot be used:", *problems[:MOST_PROBLEMS], *more]))
        data = TrainingData(contents.examples, responses=contents.responses)
        return data.merge(*others) if others else data

    def _name_of(self, path: Path) -> Path | None:
        """What one of the project's own files is called; None of another's."""
        found = path.resolve()
        return OWN_DATA / found.relative_to(self._own_data) if self._own_data in found.parents else None


def _read_plain(path: Path, own: Path | None, contents: _Contents) -> bool:
    """Adds a file of plain intents and responses; False where the file is of another kind, which only Rasa can read.

    Args:
        path: The file.
        own: What it is called, if it is one of the project's own.
        contents: What it is added to.
    """
    if path.suffix not in (".yml", ".yaml"):
        return False
    text = path.read_text(encoding="utf-8")
    loader = yaml.CSafeLoader(text)
    try:
        node = loader.get_single_node()
        data = loader.construct_document(node) if node else None
    except yaml.YAMLError as error:
        if not own:
            return False
        mark = getattr(error, "problem_mark", None)
        where = f"{own}:{mark.line + 1}" if mark else str(own)
        problem = getattr(error, "problem", None) or error
        raise InvalidData(f"{where}: this is not valid YAML ({problem}). Look at this line and the one above.") from error
    blocks, responses = (data or {}).get("nlu") or [], (data or {}).get("responses") or {}
    if not _is_plain(data, blocks):
        return False
    places = _Places(own or path, node)
    for index, block in enumerate(blocks):
        key = str(block["intent"]).strip()
        contents.keys.setdefault(key, places.of("nlu", index))
        for number, line in places.example_lines(index, block["examples"]):
            contents.examples.append(_example(key, line))
            if own:
                contents.lines.append((key, line, f"{own}:{number}"))
    for name, wordings in responses.items():
        contents.responses[name] = wordings
        if own:
            contents.answers[name] = places.of("responses", name)
            for wording in wordings:
                contents.buttons += [
                    (button.get("payload", ""), places.of("responses", name)) for button in wording.get("buttons") or []
                ]
    if not own:
        for block in blocks:
            contents.keys.pop(str(block["intent"]).strip(), None)
    return True


def _is_plain(data: object, blocks: list[Any]) -> bool:
    return (
        isinstance(data, dict)
        and not data.keys() - {"version", "nlu", "responses"}
        and all(
            isinstance(block, dict)
            and block.keys() == PLAIN_BLOCK
            and isinstance(block["examples"], str)
            and not MARKUP.search(block["examples"])
            for block in blocks
        )
    )


def _example(key: str, text: str) -> Example:
    intent, _, name = key.partition("/")
    return Example({TEXT: text, INTENT: intent, **({INTENT_RESPONSE_KEY: key} if name else {})})


class _Places:
    """Where things stand in a file."""

    def __init__(self, path: Path, node: yaml.Node | None) -> None:
        self._path = path
        self._sections = {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}

    def of(self, section: str, item: int | str) -> str:
        """The place of the nth block, or of a named response."""
        node = self._sections[section]
        found = node.value[item] if isinstance(item, int) else next(key for key, _ in node.value if key.value == item)
        return f"{self._path}:{found.start_mark.line + 1}"

    def example_lines(self, index: int, examples: str) -> Iterator[tuple[int, str]]:
        """The examples of the nth block with their line numbers."""
        block = self._sections["nlu"].value[index]
        start = next(value for key, value in block.value if key.value == "examples").start_mark.line + 2
        for offset, line in enumerate(examples.splitlines()):
            text = line.strip()
            if text.startswith("-") and text[1:].strip():
                yield start + offset, text[1:].strip()


def _problems(contents: _Contents) -> Iterator[str]:
    """What is wrong with the project's own data, a line each."""
    seen: dict[str, tuple[str, str]] = {}
    for key, text, place in contents.lines:
        same = " ".join(re.findall(r"\w+", text.lower())) or text
        if same in seen and seen[same][0] != key:
            other, where = seen[same]
            yield f'{place}: "{text}" is an example of {key} and, at {where}, of {other}. Keep it under one of them.'
        elif same in seen:
            yield f'{place}: "{text}" stands at {seen[same][1]} already. Delete one of them.'
        seen.setdefault(same, (key, place))
    for key, place in contents.keys.items():
        if contents.answers and f"utter_{key}" not in contents.answers:
            yield f"{place}: {key} has no answer. Add utter_{key} under `responses:` in this file."
    for payload, place in contents.buttons:
        if f"utter_{payload.lstrip('/')}" not in contents.answers:
            yield f"{place}: a button leads to {payload}, but there is no such answer. Correct its payload or remove it."
