"""How often it may be tried to come in. After a few failures nobody is let in for a while, whatever the password.

Counted are a name and an address. A browser in which somebody has signed in before has a count of its own: a stranger who fails
under a nurse's name on purpose keeps her out nowhere but on new devices (OWASP calls it device cookies). A try is counted before the
password is looked at, so that many at once are not taken for one.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from frontdesk.audit.services import note
from frontdesk.chat.limits import network
from frontdesk.people.models import Tries

LOCKED = timedelta(minutes=15)
# Failures within a quarter of an hour after which it is locked. A clinic's computers often share one address.
MOST = {"name": 5, "device": 5, "code": 5, "password": 5, "address": 30}
FORGOTTEN = timedelta(days=1)
COOKIE, COOKIE_SECONDS, COOKIE_PEOPLE = "known_device", 365 * 24 * 3600, 20
PATH = "/desk/"


def keys_for_name(request: HttpRequest, username: str, user: User | None) -> list[str]:
    """What a try with a name and a password is counted under."""
    known, people = _device(request)
    if user is not None and user.pk in people:
        return [f"device:{known}:{user.pk}"]
    return [f"name:{username.lower()}", f"address:{network(str(request.META.get('REMOTE_ADDR', '')))}"]


def key_for_code(user: User) -> str:
    """What a try of a second factor is counted under."""
    return f"code:{user.pk}"


def key_for_password(user: User) -> str:
    """What a try of the own password, by who is signed in, is counted under."""
    return f"password:{user.pk}"


@transaction.atomic
def try_begin(keys: Collection[str], user: User | None) -> datetime | None:
    """Counts a try as failed until it is known to be right; or says until when none is taken.

    Args:
        keys: From the functions above.
        user: Whom somebody says they are, where there is such a person.
    """
    now = timezone.now()
    counts = [_count(key, now) for key in sorted(keys)]  # in one order: two that come at once do not wait for each other
    locked = [one.locked_until for _, one in counts if one.locked_until]
    if locked:
        return max(locked)
    for kind, one in counts:
        one.count += 1
        if one.count >= MOST[kind]:
            one.locked_until = now + LOCKED
            note(None, "locked_out", what=kind, person=user.get_username() if user else "")
        one.save()
    return None


@transaction.atomic
def try_succeeded(keys: Collection[str]) -> None:
    """It was right: the count begins anew. Of an address only this try is taken back, since others fail from there too."""
    now = timezone.now()
    for key in keys:
        if key.startswith("address:"):
            Tries.objects.filter(pk=_digest(key), count__gt=0).update(count=F("count") - 1, locked_until=None)
        else:
            Tries.objects.filter(pk=_digest(key)).delete()
    Tries.objects.filter(Q(locked_until=None) | Q(locked_until__lt=now), since__lt=now - FORGOTTEN).delete()


def locked_until(keys: Collection[str]) -> datetime | None:
    """Until when no try is taken; None where one is."""
    ends = Tries.objects.filter(pk__in=[_digest(key) for key in keys], locked_until__gt=timezone.now())
    return max((end for end in ends.values_list("locked_until", flat=True) if end), default=None)


def device_remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """This browser is known to be the person's from now on."""
    device, people = _device(request)
    kept = [user.pk, *(one for one in people if one != user.pk)][:COOKIE_PEOPLE]
    value = signing.dumps({"device": device or secrets.token_urlsafe(16), "people": kept}, salt=COOKIE)
    response.set_cookie(
        COOKIE, value, COOKIE_SECONDS, path=PATH, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def _device(request: HttpRequest) -> tuple[str, list[int]]:
    try:
        read = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=COOKIE_SECONDS)
    except signing.BadSignature:
        return "", []
    return read["device"], read["people"]


def _count(key: str, now: datetime) -> tuple[str, Tries]:
    """The count under a key, for a change; begun anew where its time is over."""
    Tries.objects.get_or_create(pk=_digest(key), defaults={"since": now})
    one = Tries.objects.select_for_update().get(pk=_digest(key))
    is_over = one.locked_until <= now if one.locked_until else one.since + LOCKED <= now
    if is_over:
        one.count, one.since, one.locked_until = 0, now, None
    return key.partition(":")[0], one


def _digest(key: str) -> str:
    return salted_hmac("frontdesk.people.lockout", key, algorithm="sha256").hexdigest()
