"""Tells whoever follows a conversation that something was committed to it."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

_followers: list[Callable[[str], None]] = []


def follow(told: Callable[[str], None]) -> None:
    """From now on, calls with the id of every conversation to which this process commits something; from any thread."""
    _followers.append(told)


def changed(conversation_id: str) -> None:
    """Something was written: those who follow hear of it once it is committed."""
    transaction.on_commit(lambda: _tell(conversation_id))


def _tell(conversation_id: str) -> None:
    for told in _followers:
        told(conversation_id)
