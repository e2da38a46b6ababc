"""The first administrator, and the one-time links by which people first sign in."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from frontdesk import environment, words
from frontdesk.people.models import Profile

FIRST = "administrator"


@transaction.atomic
def administrator_begin() -> User | None:
    """The administrator who has still to choose a password; made where there are no people yet. None once one can sign in."""
    administrators = User.objects.filter(is_superuser=True, is_active=True)
    for administrator in administrators:
        if administrator.has_usable_password():
            return None
    first = administrators.first()
    if first is None:
        first = User.objects.create_superuser(FIRST)  # without a password, nobody can sign in with one
        Profile.objects.create(user=first, name=words.staff("first_name"))
    return first


def sign_in_link(user: User) -> str:
    """A link that lets its bearer choose the user's password, once, within days."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return f"{environment.PUBLIC_ADDRESS}/desk/welcome/{uid}/{default_token_generator.make_token(user)}/"
