"""What Rasa would load and this assistant does not use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from assistant.lean_rasa import UNUSED_IN_SERVING, LeanRasaFinder, install_lean_rasa
from assistant.server import VARIABLES
from assistant.startup import SERVING

ROOT = Path(__file__).parents[2]
COMPONENTS = [component["name"] for component in yaml.safe_load((ROOT / "config.yml").read_text())["pipeline"]]
LOADED = (
    f"import sys, rasa.server, {', '.join(name.rpartition('.')[0] for name in COMPONENTS)}; "
    "print(*sorted({name.split('.')[0] for name in sys.modules}))"
)


def _python(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **variables})


@pytest.fixture(scope="module")
def serving() -> set[str]:
    """The packages of a serving process with every component of the pipeline."""
    loaded = set(_python(LOADED, **VARIABLES, **{SERVING: "0"}).stdout.split())
    assert {"rasa", "spacy", "onnxruntime"} <= loaded
    return loaded


@pytest.mark.slow
@pytest.mark.parametrize(
    "unused",
    [
        "aio_pika", "aiogram", "apscheduler", "botocore", "cryptography", "dask", "joblib", "kiwisolver", "setuptools", "sklearn",
        "slack_sdk", "twilio",
    ],
)  # fmt: skip
def test_the_serving_process_does_not_load_what_it_does_not_use(serving: set[str], unused: str) -> None:
    assert unused not in serving


@pytest.mark.slow
def test_what_is_left_out_says_so_when_it_is_used() -> None:
    used = _python("from rasa.core.channels.slack import SlackInput; SlackInput.from_credentials({})", **{SERVING: "0"})

    assert "rasa.core.channels.slack.SlackInput is left out of this process" in used.stderr


@pytest.mark.slow
def test_every_other_process_has_all_of_rasa() -> None:
    used = _python("from rasa.core.channels.slack import SlackInput; print(SlackInput.name())")

    assert used.stdout.strip().endswith("slack")


@pytest.mark.slow
def test_a_training_does_not_load_what_it_does_not_use() -> None:
    trained = "import assistant.rasa_training; from rasa.engine.recipes.default_recipe import DefaultV1Recipe as recipe; "
    trained += f"recipe._from_registry({COMPONENTS[0]!r}); "
    lean = "import sys; from assistant.lean_rasa import UNUSED, install_lean_rasa; install_lean_rasa(sys.meta_path, UNUSED); "
    loaded = set(_python(lean + trained + LOADED.replace(" rasa.server,", "")).stdout.split())

    assert {"rasa", "onnxruntime"} <= loaded
    assert not {"sklearn", "slack_sdk", "matplotlib"} & loaded


@pytest.mark.parametrize("name", ["matplotlib", "matplotlib.ticker", "rasa.core.channels.slack"])
def test_what_is_below_a_left_out_module_is_left_out(name: str) -> None:
    assert LeanRasaFinder(UNUSED_IN_SERVING).find_spec(name) is not None
    assert LeanRasaFinder(()).find_spec(name) is None


@pytest.mark.parametrize("name", ["matplotlibber", "rasa.core.channels", "rasa.core.channels.rest", "numpy"])
def test_nothing_else_is_left_out(name: str) -> None:
    assert LeanRasaFinder(UNUSED_IN_SERVING).find_spec(name) is None


def test_the_finder_is_put_first_and_once() -> None:
    path: list[object] = ["another finder"]

    install_lean_rasa(path, UNUSED_IN_SERVING)
    install_lean_rasa(path, UNUSED_IN_SERVING)

    assert [type(finder).__name__ for finder in path] == ["LeanRasaFinder", "str"]
