"""Who may do what at the desk: one table. A person has one or more roles; each page and action asks for one right."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.contrib.auth.models import AnonymousUser, Group, User


class Role(StrEnum):
    """What somebody does here; the names of Django's groups."""

    STAFF = "staff"
    EDITOR = "editor"
    CLINICIAN = "clinician"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What a page shows or an action does."""

    ANSWER = "answer conversations"  # the inbox, and everything in a conversation that somebody has
    REVIEW = "review conversations"  # all of them, afterwards: read, search, correct, tag
    REVEAL = "read personal details"  # those of a conversation that one handles
    EXPORT = "export conversations"
    ERASE = "erase conversations"
    INSIGHT = "see figures"
    EDIT = "edit questions and answers"
    APPROVE = "approve medical wording"
    SETTINGS = "change settings"
    PEOPLE = "manage people"
    AUDIT = "read the audit log"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.STAFF: frozenset({Right.ANSWER, Right.REVIEW, Right.REVEAL, Right.EXPORT, Right.INSIGHT}),
    Role.EDITOR: frozenset({Right.EDIT, Right.INSIGHT}),
    Role.CLINICIAN: frozenset(
        {Right.ANSWER, Right.REVIEW, Right.REVEAL, Right.EXPORT, Right.INSIGHT, Right.EDIT, Right.APPROVE}
    ),
    Role.ADMINISTRATOR: frozenset(
        {Right.ANSWER, Right.REVIEW, Right.REVEAL, Right.EXPORT, Right.ERASE, Right.INSIGHT, Right.SETTINGS, Right.PEOPLE, Right.AUDIT}
    ),
}  # fmt: skip


def roles_of(user: User | AnonymousUser) -> set[Role]:
    """A person's roles; of somebody who is not signed in or was switched off, none. A superuser administers."""
    if not isinstance(user, User) or not user.is_active:
        return set()
    return roles_given(user)


def roles_given(user: User) -> set[Role]:
    """The roles that a person has, or had before they were switched off."""
    known = _roles(user)
    return known | {Role.ADMINISTRATOR} if user.is_superuser else known


def has_right(user: User | AnonymousUser, right: Right) -> bool:
    """Whether one of a person's roles has a right."""
    return any(right in RIGHTS[role] for role in roles_of(user))


def roles_set(user: User, roles: set[Role]) -> None:
    """Gives a person these roles and no others."""
    user.groups.set([Group.objects.get_or_create(name=str(role))[0] for role in roles])
    _forget(user)


def _roles(user: Any) -> set[Role]:
    """Read once in a request: every link in the navigation asks."""
    if not hasattr(user, "_roles"):
        user._roles = {Role(group.name) for group in user.groups.all() if group.name in set(Role)}
    return set(user._roles)


def _forget(user: Any) -> None:
    if hasattr(user, "_roles"):
        del user._roles
