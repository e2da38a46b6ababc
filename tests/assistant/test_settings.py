"""The clinic's settings file, and the shared key."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from assistant import settings
from assistant.settings import InvalidSettings, clinic_settings, shared_key


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "clinic.yml"


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the key is kept, while the environment has none."""
    monkeypatch.delenv("ASSISTANT_KEY", raising=False)
    monkeypatch.setattr(settings, "KEY_FILE", tmp_path / "var" / "assistant.key")
    return settings.KEY_FILE


def test_what_the_clinic_has_set_is_known(file: Path) -> None:
    file.write_text('phone: "01 23"\nclinic_name: " The Clinic "\n')

    assert clinic_settings(file) == {"phone": "01 23", "clinic_name": "The Clinic"}


def test_a_number_is_taken_as_it_is_written(file: Path) -> None:
    file.write_text("emergency_number: 112\n")

    assert clinic_settings(file) == {"emergency_number": "112"}


@pytest.mark.parametrize("content", ["", "# nothing yet\n", 'phone: ""\n', "phone:\n", 'phone: "  "\n'])
def test_a_setting_left_empty_is_not_known(file: Path, content: str) -> None:
    file.write_text(content)

    assert clinic_settings(file) == {}


def test_without_a_file_nothing_is_known(file: Path) -> None:
    assert clinic_settings(file) == {}


@pytest.mark.parametrize("content", ['phone: "01', "- phone\n", "just words\n", "phone: 1\nfax: 2\n"])
def test_a_file_that_cannot_be_used_is_named(file: Path, content: str) -> None:
    file.write_text(content)

    with pytest.raises(InvalidSettings, match=str(file)):
        clinic_settings(file)


def test_an_unknown_setting_is_named(file: Path) -> None:
    file.write_text("fone: 1\n")

    with pytest.raises(InvalidSettings, match="fone"):
        clinic_settings(file)


def test_the_projects_own_settings_file_can_be_used(project: Path) -> None:
    assert clinic_settings(project / "clinic.yml")["country"] == "GB"


def test_a_key_in_the_environment_is_used(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_KEY", " secret ")

    assert shared_key() == "secret"
    assert not key_file.exists()


def test_a_key_is_made_at_the_first_start_and_kept(key_file: Path) -> None:
    first = shared_key()

    assert shared_key() == first
    assert len(first) >= 32


def test_only_its_owner_can_read_the_key(key_file: Path) -> None:
    shared_key()

    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_two_machines_have_two_keys(key_file: Path) -> None:
    first = shared_key()
    key_file.unlink()

    assert shared_key() != first


@pytest.mark.parametrize("content", ["", " \n"], ids=["empty", "blank"])
def test_an_empty_key_file_is_no_key(key_file: Path, content: str) -> None:
    key_file.parent.mkdir()
    key_file.write_text(content)

    assert shared_key()
