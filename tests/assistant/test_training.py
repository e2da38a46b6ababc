"""The command that trains: which model it makes, of which data, and what it says."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from assistant import training
from assistant.importer import InvalidData, TopicImporter

DATA = """
version: "3.1"
nlu:
  - intent: aftercare/makeup
    examples: |
      - can i wear makeup
      - can i swim
  - intent: aftercare/water
    examples: |
      - Can I swim?
responses:
  utter_aftercare/makeup:
    - text: Tomorrow.
      buttons: [{title: Nowhere, payload: /aftercare/nowhere}]
"""


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of models in place of the project's."""
    for name in ("MODELS", "SCRATCH", "LAST_TRAINING"):
        monkeypatch.setattr(training, name, tmp_path / "models" / name)
    return training.MODELS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Data that contradict themselves."""
    (tmp_path / "edited" / "more").mkdir(parents=True)
    (tmp_path / "edited" / "more" / "aftercare.yml").write_text(DATA)
    return tmp_path / "edited"


def test_the_same_data_elsewhere_make_the_same_model(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project / "data", tmp_path / "elsewhere")

    assert training.sources_digest(data=tmp_path / "elsewhere") == training.sources_digest()


def test_other_data_make_another_model(project: Path, folder: Path) -> None:
    assert training.sources_digest(data=folder) != training.sources_digest()


def test_the_models_name_is_told_without_training(models: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = training.main(["--name", "--data", str(folder)])

    assert code == 0
    assert capsys.readouterr().out == f"{models}/{training.sources_digest(data=folder)}.tar.gz\n"
    assert not models.exists()


def test_a_model_that_is_there_is_not_trained_again(models: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    models.mkdir(parents=True)
    digest = training.sources_digest(data=folder)
    (models / f"{digest}.tar.gz").write_bytes(b"a model")
    (models / f"{digest}.sha256").write_text(hashlib.sha256(b"a model").hexdigest())

    code = training.main(["--data", str(folder)])

    assert (code, capsys.readouterr().out) == (0, f"{models}/{digest}.tar.gz\n")


def test_a_folder_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert training.main(["--data", "nowhere"]) == 1
    assert "There is no folder nowhere." in capsys.readouterr().err


def test_what_is_wrong_is_said_and_makes_no_model(models: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = training.main(["--data", str(folder)])

    said = capsys.readouterr()
    assert (code, said.out) == (1, "")
    assert "data/more/aftercare.yml:10" in said.err
    assert "Nothing was trained. There is no model yet." in said.err
    assert [path for path in models.parent.rglob("*") if path.is_file()] == []


def test_data_elsewhere_are_held_to_the_same_rules_under_the_projects_names(folder: Path) -> None:
    importer = TopicImporter("config.yml", "domain.yml", [str(folder)], own_data=folder)

    with pytest.raises(InvalidData) as refused:
        importer.get_nlu_data()

    assert [line.partition(" ")[0] for line in str(refused.value).splitlines()[1:]] == [
        "data/more/aftercare.yml:10:",
        "data/more/aftercare.yml:8:",
        "data/more/aftercare.yml:12:",
    ]


def test_yaml_that_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "broken.yml").write_text('version: "3.1"\nnlu:\n  - intent: [\n')

    with pytest.raises(InvalidData, match=r"data/broken\.yml:\d+: this is not valid YAML"):
        TopicImporter("config.yml", "domain.yml", [str(folder)], own_data=folder).get_nlu_data()
