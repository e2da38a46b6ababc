"""Reads who is who."""

from __future__ import annotations

from django.contrib.auth.models import User

from frontdesk.people.roles import Right, has_right


def colleagues_of(user: User) -> list[User]:
    """Who else may answer conversations, by name."""
    others = User.objects.filter(is_active=True).exclude(pk=user.pk).select_related("profile").prefetch_related("groups")
    return sorted((other for other in others if has_right(other, Right.ANSWER)), key=name_of)


def name_of(user: User) -> str:
    """A person's name as visitors and colleagues read it."""
    profile = getattr(user, "profile", None)
    return profile.name if profile else user.get_full_name() or user.get_username()


def role_of(user: User) -> str:
    """What a person is to visitors, such as nurse; may be empty."""
    profile = getattr(user, "profile", None)
    return profile.role if profile else ""
