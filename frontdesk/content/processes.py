"""Which assistants run on this machine. They are rows; the supervisor, which has no database, reads them from a file."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from frontdesk import environment
from frontdesk.content.models import Live, Process

DRAIN = timedelta(seconds=environment.ASSISTANT_SECONDS + 3)  # in which a turn that began before comes to its end


def process_for(model: str, until: datetime | None) -> Process:
    """The assistant that serves a model, started if there is none; it runs until then at least."""
    known = Process.objects.filter(model=model).first()
    if known is None:
        known = Process.objects.create(port=_free_port(), model=model, since=timezone.now(), until=until)
    elif known.until is not None and (until is None or until > known.until):
        Process.objects.filter(pk=known.pk).update(until=until)
        known.until = until
    arrange()
    return known


def process_end(process: Process) -> None:
    """It is not needed any more: it may finish what it has begun."""
    Process.objects.filter(pk=process.pk).update(until=timezone.now() + DRAIN)


def process_of_live() -> Process | None:
    """The assistant that answers visitors, where it is one of ours."""
    live = Live.objects.first()
    port = live.address.rpartition(":")[2] if live else ""
    return Process.objects.filter(port=int(port)).first() if port.isdigit() else None


def processes_tend(needed: Collection[str]) -> None:
    """Lets go those whose time is over or that nobody needs any more, and sees to it that the supervisor knows.

    Args:
        needed: Models of a release that is on its way, or of a draft that somebody tries.
    """
    for idle in Process.objects.filter(until__gt=timezone.now() + DRAIN).exclude(model__in=needed):
        process_end(idle)
    over = Process.objects.filter(until__lt=timezone.now())
    if over.exists():
        over.delete()
    arrange()


def arrange() -> None:
    """Writes the file that the supervisor follows, if it is another than it was.

    Raises:
        OSError: If it cannot be written.
    """
    wanted = [{"port": one.port, "model": one.model} for one in Process.objects.order_by("pk")]
    text = json.dumps({"assistants": wanted})
    file = environment.ASSISTANTS_FILE
    if not file.is_file() or file.read_text() != text:
        written = file.with_name(f".{file.name}.{os.getpid()}")
        written.write_text(text)
        written.replace(file)


@transaction.atomic
def processes_begin(port: int, model: str) -> Process:
    """At the start of everything: one assistant runs, and no other."""
    Process.objects.all().delete()
    only = Process.objects.create(port=port, model=model, since=timezone.now())
    Live.objects.update(address=only.address)
    return only


def _free_port() -> int:
    """A port of loopback on which nobody listens, nor is to."""
    taken = set(Process.objects.values_list("port", flat=True))
    while True:
        with socket.socket() as listener:
            listener.bind((environment.HOST_OF_ASSISTANTS, 0))
            port = int(listener.getsockname()[1])
        if port not in taken:
            return port
