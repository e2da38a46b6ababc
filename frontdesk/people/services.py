"""Everything that changes who may come in, and how. Each function is one transaction, the audit log's line in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from frontdesk import environment, words
from frontdesk.audit.services import note
from frontdesk.clinic.selectors import the_clinic
from frontdesk.conversations.services import conversations_put_back
from frontdesk.people import second_factor
from frontdesk.people.models import Profile, RecoveryCode, SecondFactor, SignInPolicy
from frontdesk.people.roles import Right, Role, has_right, roles_given, roles_set
from frontdesk.people.selectors import administrators, is_last_administrator, policy, profile_of
from frontdesk.people.sessions import sessions_end

FIRST = "administrator"
NO_LETTER = re.compile(r"[^\w]+")
MOST_LETTERS = 40  # of a name for signing in


class LastAdministrator(Exception):
    """Nobody else could administer."""


class Oneself(Exception):
    """Nobody switches themselves off."""


class WrongCode(Exception):
    """It is not what the app shows."""


@transaction.atomic
def administrator_begin() -> User | None:
    """The administrator who has still to choose a password; made where nobody administers. None once one can sign in."""
    present = list(administrators())
    if any(one.has_usable_password() for one in present):
        return None
    if present:
        return present[0]
    first = User.objects.create_superuser(FIRST)  # without a password, nobody can sign in with one
    Profile.objects.create(user=first, name=words.staff("first_name"))
    return first


def sign_in_link(user: User) -> str:
    """A link that lets its bearer choose the user's password, once, within days."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return f"{environment.PUBLIC_ADDRESS}/desk/welcome/{uid}/{default_token_generator.make_token(user)}/"


@transaction.atomic
def person_invite(by: User, *, name: str, title: str, email: str, roles: Collection[Role]) -> User:
    """A new person, who comes in by a link and chooses a password; their name for signing in is made of their name."""
    user = User.objects.create_user(_sign_in_name(name), email=email)
    Profile.objects.create(user=user, name=name, role=title)
    roles_set(user, set(roles))
    note(by, "invited", person=user.get_username(), roles=sorted(roles))
    return user


@transaction.atomic
def person_change(by: User, user: User, *, name: str, title: str, email: str, roles: Collection[Role]) -> None:
    """Who somebody is to visitors, and what they may do from the next page on.

    Raises:
        LastAdministrator: If nobody else could administer afterwards.
    """
    _lock_people()
    before, after = roles_given(user), set(roles)
    if Role.ADMINISTRATOR in before - after and is_last_administrator(user):
        raise LastAdministrator
    user.is_superuser = user.is_superuser and Role.ADMINISTRATOR in after
    user.email = email
    user.save(update_fields=["is_superuser", "email"])
    roles_set(user, after)
    profile = profile_of(user)
    profile.name, profile.role = name, title
    profile.save(update_fields=["name", "role"])
    if not has_right(user, Right.ANSWER):
        conversations_put_back(user)
    note(by, "person_changed", person=user.get_username(), roles_before=sorted(before), roles=sorted(after))


@transaction.atomic
def person_switch_off(by: User, user: User) -> int:
    """Nobody comes in as this person any more, and who is in is out. What they had waits again; returns how many conversations.

    Raises:
        Oneself: If somebody would switch themselves off.
        LastAdministrator: If nobody else could administer afterwards.
    """
    _lock_people()
    if user.pk == by.pk:
        raise Oneself
    if is_last_administrator(user):
        raise LastAdministrator
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions_end(user)
    put_back = conversations_put_back(user)
    note(by, "switched_off", person=user.get_username(), conversations=put_back)
    return put_back


@transaction.atomic
def person_switch_on(by: User, user: User) -> None:
    """The person can sign in again, with the password they had."""
    user.is_active = True
    user.save(update_fields=["is_active"])
    note(by, "switched_on", person=user.get_username())


@transaction.atomic
def link_make(by: User | None, user: User) -> str:
    """A new one-time link, such as for who forgot the password; the second factor stays, and earlier links until one is used.

    Args:
        by: Who made it; None for who runs the front desk.
        user: Who may choose a new password by it.
    """
    note(by, "link_made", person=user.get_username())
    return sign_in_link(user)


def link_send(user: User, link: str) -> bool:
    """Sends a link by e-mail, where there is an address and a mail server; whether it went."""
    if not user.email or not environment.SMTP_HOST:
        return False
    names = {"clinic": the_clinic().name, "username": user.get_username(), "link": link}
    try:
        send_mail(words.staff("link_subject", **names), words.staff("link_text", **names), None, [user.email])
    except OSError:  # smtplib's errors are OSErrors
        return False
    return True


@transaction.atomic
def second_factor_set(user: User, secret: bytes, code: str) -> list[str]:
    """From now on a code is asked for. Takes the place of an earlier app.

    Returns:
        Recovery codes, which are shown this once.

    Raises:
        WrongCode: If the code is not the one that the secret makes now.
    """
    step = second_factor.step_of(secret, code, 0)
    if step is None:
        raise WrongCode
    SecondFactor.objects.update_or_create(
        user=user, defaults={"sealed": second_factor.seal(secret), "last_step": step, "since": timezone.now()}
    )
    note(user, "second_factor_set")
    return _recovery_codes(user)


@transaction.atomic
def second_factor_check(user: User, code: str) -> bool:
    """Whether a code of the app, or a recovery code, is right; either is good once."""
    kept = SecondFactor.objects.select_for_update().get(user=user)
    secret = second_factor.unseal(kept.sealed)
    step = second_factor.step_of(secret, code, kept.last_step) if secret else None
    if step is not None:
        kept.last_step = step
        kept.save(update_fields=["last_step"])
        return True
    used, _ = RecoveryCode.objects.filter(user=user, digest=second_factor.recovery_digest(user, code)).delete()
    if used:
        note(user, "recovery_code_used")
    return used > 0


@transaction.atomic
def recovery_codes_make(user: User) -> list[str]:
    """New recovery codes, which are shown this once; the earlier ones are good no more."""
    note(user, "recovery_codes_made")
    return _recovery_codes(user)


@transaction.atomic
def second_factor_remove(by: User | None, user: User) -> None:
    """The password is enough again, until a second factor is set up anew.

    Args:
        by: Who removed it; None for who runs the front desk.
        user: Whose it was.
    """
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    if by is None or by.pk != user.pk:  # who has lost the phone may have lost it to somebody
        sessions_end(user)
    note(by, "second_factor_removed", person=user.get_username())


@transaction.atomic
def sign_out_everywhere(user: User) -> None:
    """All of the person's sessions have ended."""
    sessions_end(user)
    note(user, "signed_out_everywhere")


@transaction.atomic
def policy_set(by: User, *, required_of: Collection[str], idle_minutes: int) -> SignInPolicy:
    """What is asked of everybody from the next page on."""
    changed = policy()
    changed.required_of, changed.idle_minutes = sorted(required_of), idle_minutes
    changed.save()
    note(by, "sign_in_policy_changed", required_of=changed.required_of, idle_minutes=idle_minutes)
    return changed


def _recovery_codes(user: User) -> list[str]:
    codes = [second_factor.recovery_code_make() for _ in range(second_factor.CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=second_factor.recovery_digest(user, code)) for code in codes
    )
    return codes


def _lock_people() -> None:
    """Two administrators who switch each other off at once do it one after the other."""
    list(User.objects.select_for_update().filter(is_active=True).order_by("pk").values_list("pk", flat=True))


def _sign_in_name(name: str) -> str:
    """`Zoë O'Hara` signs in as zoe.o.hara; with a number where there is one already."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    base = NO_LETTER.sub(".", plain.lower()).strip("._")[:MOST_LETTERS] or "person"
    candidate, number = base, 1
    while User.objects.filter(username__iexact=candidate).exists():
        number += 1
        candidate = f"{base}{number}"
    return candidate
