"""How contact details are encrypted, and opened again after the key was changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import InvalidToken

from frontdesk import environment
from frontdesk.conversations import contact

GIVEN = contact.Details("Zebedee Quux", "+44 20 7946 0958", "zebedee.quux@example.org")


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The keys of an operator."""
    monkeypatch.setenv("FRONTDESK_CONTACT_KEYS", "first key")
    return monkeypatch


def test_what_was_sealed_is_opened(keys: pytest.MonkeyPatch) -> None:
    assert contact.unseal(contact.seal(GIVEN)) == GIVEN


def test_no_word_of_it_can_be_read(keys: pytest.MonkeyPatch) -> None:
    sealed = contact.seal(GIVEN)

    assert not [word for word in (b"Zebedee", b"7946", b"example.org") if word in sealed]


def test_the_same_sealed_twice_cannot_be_seen_to_be_the_same(keys: pytest.MonkeyPatch) -> None:
    assert contact.seal(GIVEN) != contact.seal(GIVEN)


def test_after_a_new_key_was_put_in_front_the_old_one_still_opens(keys: pytest.MonkeyPatch) -> None:
    sealed = contact.seal(GIVEN)
    keys.setenv("FRONTDESK_CONTACT_KEYS", "second key, first key")

    assert contact.unseal(sealed) == GIVEN


def test_the_new_key_is_used_from_then_on(keys: pytest.MonkeyPatch) -> None:
    keys.setenv("FRONTDESK_CONTACT_KEYS", "second key, first key")
    sealed = contact.seal(GIVEN)
    keys.setenv("FRONTDESK_CONTACT_KEYS", "second key")

    assert contact.unseal(sealed) == GIVEN


def test_once_its_key_is_gone_it_stays_shut(keys: pytest.MonkeyPatch) -> None:
    sealed = contact.seal(GIVEN)
    keys.setenv("FRONTDESK_CONTACT_KEYS", "second key")

    with pytest.raises(InvalidToken):
        contact.unseal(sealed)


def test_what_was_altered_stays_shut(keys: pytest.MonkeyPatch) -> None:
    sealed = bytearray(contact.seal(GIVEN))
    sealed[40] ^= 1

    with pytest.raises(InvalidToken):
        contact.unseal(bytes(sealed))


def test_a_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "new/contact.key"

    made = environment.kept_secret("FRONTDESK_NO_SUCH_VARIABLE", file)

    assert environment.kept_secret("FRONTDESK_NO_SUCH_VARIABLE", file) == made
    assert len(made) >= 43  # 256 bits
    assert file.stat().st_mode & 0o077 == 0


def test_a_key_file_that_a_full_disk_left_empty_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "contact.key"
    file.touch()

    assert environment.kept_secret("FRONTDESK_NO_SUCH_VARIABLE", file)
