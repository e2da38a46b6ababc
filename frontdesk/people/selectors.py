"""Reads who is who."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet

from frontdesk.people.models import Profile, SecondFactor, SignInPolicy
from frontdesk.people.roles import Right, Role, has_right, roles_of


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


def profile_of(user: User) -> Profile:
    """A person's profile; begun with their name for signing in where they have none."""
    profile, _ = Profile.objects.get_or_create(user=user, defaults={"name": user.get_username()[:60]})
    return profile


def people() -> list[User]:
    """Everybody, by name; who was switched off last."""
    everybody = (
        User.objects.select_related("profile", "second_factor")
        .prefetch_related("groups")
        .annotate(codes_left=Count("recovery_codes"))
    )
    return sorted(everybody, key=lambda user: (not user.is_active, name_of(user).casefold(), user.pk))


def administrators() -> QuerySet[User]:
    """Who administers, and was not switched off."""
    return User.objects.filter(Q(is_superuser=True) | Q(groups__name=str(Role.ADMINISTRATOR)), is_active=True).distinct()


def is_last_administrator(user: User) -> bool:
    """Whether nobody but this person can sign in and administer."""
    others = [one for one in administrators().exclude(pk=user.pk) if one.has_usable_password()]
    return user.is_active and Role.ADMINISTRATOR in roles_of(user) and not others


def policy() -> SignInPolicy:
    """What is asked of who signs in."""
    return SignInPolicy.objects.first() or SignInPolicy()


def has_second_factor(user: User) -> bool:
    """Whether a code is asked for after the password."""
    return SecondFactor.objects.filter(user=user).exists()


def second_factor_is_due(user: User) -> bool:
    """Whether one is required of this person who has none."""
    required_of = policy()
    return bool(required_of.required_of) and required_of.requires_of(roles_of(user)) and not has_second_factor(user)
