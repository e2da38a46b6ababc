"""Keeps Rasa from loading what this assistant does not use: Dask always, and in our own processes other services' clients.

Rasa imports the client of every chat service, store and broker it knows, and what training and plotting need, whether or not a project
uses them. In the process that serves visitors, which knows one channel, trains nothing and keeps nothing, that is a third of the memory
and three seconds of the start; in the one that trains a second.
"""

from __future__ import annotations

from collections.abc import Collection, MutableSequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

RUNNER = "rasa.engine.runner.dask"
# Modules that no code of an assistant calls, serving or in training; what is below them is left out too. `credentials.yml` and
# `endpoints.yml` name nothing that needs one.
CHANNELS = (
    "botframework", "callback", "facebook", "hangouts", "mattermost", "rasa_chat", "rocketchat", "slack", "socketio", "telegram",
    "twilio", "twilio_voice", "webexteams",
)  # fmt: skip
UNUSED = frozenset(
    {
        *(f"rasa.core.channels.{name}" for name in CHANNELS),
        "rasa.core.brokers.pika",
        "rasa.core.jobs",  # reminders
        "rasa.core.training.interactive",
        "rasa.engine.recipes.default_components",  # of which the pipeline has none; brings scikit-learn
        "rasa.utils.tensorflow.model_data",  # batches of neural networks; brings scikit-learn
        "rasa.utils.tensorflow.model_data_utils",
        "boto3",
        "jwt",  # web tokens: this assistant has a shared key
        "langcodes",
        "matplotlib",
        "portalocker.redis",
        "prompt_toolkit",
        "pydantic",  # checks spaCy's configurations, of which there is none
        "pymongo",
        "questionary",
        "sanic_jwt",
        "spacy.cli",
        "spacy.pipeline",  # taggers and parsers: the rules look at words only
        "spacy.schemas",
        "spacy.scorer",
        "spacy.training",
        "thinc.layers",
        "thinc.shims",
    }
)
UNUSED_IN_SERVING = UNUSED | {"scipy"}  # sparse features, of which there is none, and training


def install_lean_rasa(meta_path: MutableSequence, unused: Collection[str] = ()) -> None:
    """Puts the finder first, in place of one that is there already.

    Args:
        meta_path: `sys.meta_path`.
        unused: What is left out; of use before Rasa is imported.
    """
    meta_path[:] = [LeanRasaFinder(unused), *(finder for finder in meta_path if not isinstance(finder, LeanRasaFinder))]


class LeanRasaFinder(MetaPathFinder):
    """Finds Dask's runner, in whose place ours stands, and the modules that are left out."""

    def __init__(self, left_out: Collection[str]) -> None:
        """With the names of modules to leave out."""
        self._left_out = left_out

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """See parent class."""
        if name == RUNNER:
            return ModuleSpec(name, RunnerLoader())
        parts = name.split(".")
        if any(".".join(parts[: i + 1]) in self._left_out for i in range(len(parts))):
            return ModuleSpec(name, LeftOutLoader(), is_package=True)
        return None


class RunnerLoader(Loader):
    """Gives our runner under the name by which Rasa asks for Dask's."""

    def exec_module(self, module: ModuleType) -> None:
        """See parent class."""
        # Imported here because Rasa is not there yet when this module is.
        from assistant.graph_runner import InOrderGraphRunner

        module.DaskGraphRunner = InOrderGraphRunner  # type: ignore[attr-defined]


class LeftOutLoader(Loader):
    """Fills a module with classes that others can name, and none can use."""

    def exec_module(self, module: ModuleType) -> None:
        """See parent class."""

        def left_out(name: str) -> type:
            if name.startswith("__"):
                raise AttributeError(name)
            return type(name, (_LeftOut,), {"__module__": module.__name__})

        module.__getattr__ = left_out  # type: ignore[method-assign]


class _LeftOut:
    """A class that this process does without."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        raise ImportError(f"{type(self).__module__}.{type(self).__name__} is left out of this process: assistant/lean_rasa.py")

    @classmethod
    def name(cls) -> str:
        """As Rasa asks of a channel."""
        return f"{cls.__module__}.{cls.__name__}"

    @classmethod
    def from_credentials(cls, credentials: object) -> object:
        """As Rasa makes a channel: it cannot be made."""
        return cls()
