"""What tests share: the trained model, the running assistant, and a small model of a few examples."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from rasa.core.agent import Agent, load_agent
from rasa.core.utils import AvailableEndpoints
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.model_training import train_nlu
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant import training
from assistant.channel import reply_to

ROOT = Path(__file__).parents[1]
REPORT = pytest.StashKey[list[str]]()

# Two topics and a plain intent: all that a component has to tell apart.
EXAMPLES = [
    ("aftercare", "aftercare/makeup", "can i wear makeup afterwards"),
    ("aftercare", "aftercare/makeup", "when may i put on foundation again"),
    ("aftercare", "aftercare/makeup", "lipstick after the treatment"),
    ("aftercare", "aftercare/water", "can i take a shower afterwards"),
    ("aftercare", "aftercare/water", "when may i wash my face"),
    ("aftercare", "aftercare/water", "swimming after the treatment"),
    ("cost", "cost/price", "how much does it cost"),
    ("cost", "cost/price", "what is the price"),
    ("cost", "cost/price", "is it expensive"),
    ("greet", None, "hello"),
    ("greet", None, "good morning"),
    ("greet", None, "hi there"),
]
SMALL_CONFIG = """
recipe: default.v1
language: en
assistant_id: small
pipeline:
  - name: assistant.nlu.question_splitter.QuestionSplitter
  - name: assistant.nlu.sentence_encoder_featurizer.SentenceEncoderFeaturizer
    encoder: models/encoder
  - name: assistant.nlu.character_ngram_featurizer.CharacterNgramFeaturizer
  - name: assistant.nlu.one_vs_rest_intent_classifier.OneVsRestIntentClassifier
  - name: assistant.nlu.question_collector.QuestionCollector
"""

Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture(scope="session", autouse=True)
def project() -> Iterator[Path]:
    """The project's folder, in which every command of Rasa's is run."""
    before = Path.cwd()
    os.chdir(ROOT)
    yield ROOT
    os.chdir(before)


@pytest.fixture(scope="session")
def model(project: Path) -> Path:
    """The trained model; `make test` trains it before, from the data as they are."""
    if training.latest_model() is None:
        training.main()
    trained = training.latest_model()
    assert trained, "The data cannot be trained on: `make train` says why."
    return trained.resolve()


@pytest_asyncio.fixture(scope="session")
async def agent(model: Path) -> AsyncIterator[Agent]:
    """The assistant, running in this process."""
    yield await load_agent(str(model), endpoints=AvailableEndpoints.read_endpoints("endpoints.yml"))


@pytest.fixture(scope="session")
def ask(agent: Agent) -> Ask:
    """Asks the assistant in the front desk's way; returns its response's JSON."""
    number = 0

    async def _ask(text: str | None = None, context: dict[str, Any] | None = None, choice: str | None = None) -> dict[str, Any]:
        nonlocal number
        number += 1
        said = {"text": text} if choice is None else {"choice": choice}
        return await reply_to({"conversation": "test", "message_id": str(number), "context": context or {}, **said}, agent)

    return _ask


@pytest.fixture
def training_data() -> TrainingData:
    """A dozen examples of two retrieval intents and a plain one."""
    return TrainingData([_example(*example) for example in EXAMPLES])


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """A model of the whole pipeline, trained on the dozen examples."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "config.yml").write_text(SMALL_CONFIG)
    lines: dict[str, list[str]] = {}
    for intent, key, text in EXAMPLES:
        lines.setdefault(key or intent, []).append(f"      - {text}")
    blocks = "\n".join(f"  - intent: {label}\n    examples: |\n" + "\n".join(texts) for label, texts in lines.items())
    (folder / "nlu.yml").write_text(f'version: "3.1"\nnlu:\n{blocks}\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RASA_CACHE_DIRECTORY", str(folder / "cache"))
        trained = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
    assert trained
    return Path(trained)


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    """Where a component under test keeps what it learns."""
    return LocalModelStorage.create(tmp_path)


@pytest.fixture
def resource() -> Resource:
    """The name of what the component under test keeps."""
    return Resource("component")


@pytest.fixture
def execution_context() -> ExecutionContext:
    """Rasa's circumstances of a component, of which only the name is used."""
    return ExecutionContext(GraphSchema({}), node_name="component")


@pytest.fixture
def report(request: pytest.FixtureRequest) -> list[str]:
    """Lines to print below the tests' results."""
    lines: list[str] = request.config.stash.setdefault(REPORT, [])
    return lines


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints what tests reported."""
    for line in config.stash.get(REPORT, []):
        terminalreporter.write_line(line)


def _example(intent: str, key: str | None, text: str) -> Message:
    properties = {TEXT: text, INTENT: intent}
    return Message(data={**properties, INTENT_RESPONSE_KEY: key} if key else properties)
