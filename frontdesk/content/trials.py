"""Trying the draft beside what is live."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from frontdesk.content.builds import build_now, has_model
from frontdesk.content.draft import build_folder, content_of, differences, is_wording_alone, live_release
from frontdesk.content.live import Served, served
from frontdesk.content.models import Build, Process, Trial
from frontdesk.content.questions import content, digest_of
from frontdesk.content.releases import reworded


@dataclass(frozen=True)
class Tried:
    """The draft, as far as it can be tried.

    Attributes:
        build: What it says.
        served: What answers as the draft; None while it is being trained or started.
        responses: Its wording, where that is all that is another.
        is_live: Whether it says what visitors get.
        problem: Why it could not be trained.
    """

    build: Build
    served: Served | None
    responses: dict[str, object]
    is_live: bool = False
    problem: str = ""


@transaction.atomic
def draft_try() -> Tried:
    """The draft as it is this moment; from here on it is built and started, if need be, and kept running for a while.

    Raises:
        UnreadableContent, OSError: If it cannot be read, or kept.
    """
    build = build_now()
    live = live_release()
    said = content(build_folder(build.digest))
    if live is not None:
        was = content_of(live)
        found = differences(was, said)
        if not found or is_wording_alone(found):
            responses = reworded(content(build_folder(live.read_by_id)), said)
            now = served()
            return Tried(build, Served(now.address, digest_of(responses) if responses else "", 0), responses, is_live=not found)
    Trial.objects.update_or_create(pk=1, defaults={"asked_at": timezone.now(), "build": build})
    if build.state == Build.State.FAILED:
        return Tried(build, None, {}, problem=build.problem)
    process = Process.objects.filter(model=build.model).first() if has_model(build) else None
    return Tried(build, Served(process.address) if process else None, {})
