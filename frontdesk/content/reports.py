"""What a release's checks found, as a page shows it: questions by their titles, visitors' words masked, the worst first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from frontdesk.content.checks import LEAST_HANDED_OVER, has_passed
from frontdesk.content.models import Release
from frontdesk.content.questions import Content
from frontdesk.conversations.models import Message
from frontdesk.privacy.masking import mask
from frontdesk.review.questions import readable, topic_title
from safety import Level

# The worst that a check can find comes first.
ORDER = ("emergencies", "concerns", "wording", "kept_tests", "topics", "visitors")
CHECKING = ("training", "starting", "kept_tests", "emergencies", "concerns", "topics", "topics_live", "visitors")
CHECKING_WORDING = ("kept_tests",)
GOING_LIVE = ("training", "starting", "warming")
LONGEST = 240  # characters of a visitor's message


@dataclass(frozen=True)
class Said:
    """A question that is answered, or offered.

    Attributes:
        text: The answer's first wording; empty where there is none.
    """

    title: str
    text: str


@dataclass(frozen=True)
class Line:
    """One line of a check: which fields it has depends on the check.

    Attributes:
        text: A message, or an answer's wording.
        wanted: What it should be answered with.
        before, after: What is answered.
        concern_before, concern_after: How serious it is taken.
        is_answered_otherwise: Whether the questions are another, and not only how serious it is taken.
        sentence: What is to be said of a wording.
        stops: Whether that keeps the release from going live.
        conversation_id, position: Of a visitor's message.
    """

    text: str
    wanted: str = ""
    wanted_concern: str = ""
    before: Sequence[Said] = ()
    after: Sequence[Said] = ()
    concern_before: str = ""
    concern_after: str = ""
    title: str = ""
    sentence: str = ""
    stops: bool = False
    conversation_id: str = ""
    position: int = 0

    @property
    def is_answered_otherwise(self) -> bool:
        """Whether the questions are another, and not only how serious it is taken."""
        return [one.title for one in self.before] != [one.title for one in self.after]

    @property
    def is_taken_lightlier(self) -> bool:
        """Whether it is taken for less serious than before."""
        return Level.named(self.concern_after) < Level.named(self.concern_before)


@dataclass(frozen=True)
class Topic:
    """How many questions of a topic are understood."""

    title: str
    asked: int
    before: int
    after: int

    @property
    def difference(self) -> int:
        """How many more."""
        return self.after - self.before


@dataclass(frozen=True)
class Shown:
    """One check.

    Attributes:
        verdict: `passed`, `stops`, or `look`: what somebody should look at, and which stops nothing.
        left_out: Lines beyond those that are kept.
        erased: Messages that were erased since.
        by_rule: Of emergencies, how many fixed rules recognise.
        percent, least: Of personal concerns, how many reach a person, and how many must.
    """

    name: str
    verdict: str
    looked_at: int
    lines: Sequence[Line] = ()
    left_out: int = 0
    erased: int = 0
    topics: Sequence[Topic] = ()
    by_rule: int = 0
    percent: float = 0.0
    least: int = round(100 * LEAST_HANDED_OVER)

    @property
    def all(self) -> Topic:
        """All topics together."""
        asked, before, after = (sum(getattr(one, name) for one in self.topics) for name in ("asked", "before", "after"))
        return Topic("", asked, before, after)


@dataclass(frozen=True)
class Step:
    """How far a release is that is on its way; `of` is 0 where that cannot be counted."""

    name: str
    number: int
    steps: int
    done: int = 0
    of: int = 0


@dataclass(frozen=True)
class Stage:
    """One of the four points of a release.

    Attributes:
        name: `draft`, `checks`, `approval` or `live`.
        state: `done`, `now`, `stopped`, `to_come` or `left_out`.
    """

    name: str
    state: str

    @property
    def css(self) -> str:
        """As a class of CSS is written."""
        return self.state.replace("_", "-")


@dataclass
class Report:
    """All checks, the worst first."""

    checks: list[Shown] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def stopped_by(self) -> list[Shown]:
        """What keeps it from going live."""
        return [one for one in self.checks if one.verdict == "stops"]

    @property
    def to_look_at(self) -> list[Shown]:
        """What has not passed, and stops nothing."""
        return [one for one in self.checks if one.verdict == "look"]

    @property
    def shows_visitors(self) -> bool:
        """Whether words of visitors are in it."""
        return any(line.conversation_id for one in self.checks for line in one.lines)


def report_of(release: Release, before: Content | None, after: Content | None) -> Report:
    """A release's report.

    Args:
        release: The release.
        before: What was live when it was checked.
        after: What it says; both are None where that is not known any more: then questions have no texts.
    """
    kept = release.report.get("checks", [])
    checks = [_shown(one, before or Content({}), after or Content({})) for one in kept]
    rank = {"stops": 0, "look": 1, "passed": 2}
    checks.sort(key=lambda one: (rank[one.verdict], ORDER.index(one.name) if one.name in ORDER else len(ORDER)))
    return Report(checks, float(release.report.get("seconds", 0.0)))


def step_of(release: Release) -> Step:
    """Where a release is that is being checked or goes live; its name is empty while it waits for its turn."""
    steps = (
        GOING_LIVE if release.state == Release.State.GOING_LIVE else CHECKING_WORDING if release.is_wording_alone else CHECKING
    )
    progress = release.progress
    name = str(progress.get("step", ""))
    number = steps.index(name) + 1 if name in steps else 0
    return Step(name, number, len(steps), int(progress.get("done", 0)), int(progress.get("of", 0)))


def stages_of(release: Release) -> list[Stage]:
    """The way from draft to visitors, and how far along it a release is."""
    states = Release.State
    state = release.state
    stopped_later = state == states.STOPPED and bool(release.report) and has_passed(release.report)
    was_live = release.live_at is not None
    if state == states.CHECKING:
        checks = "now"
    elif state == states.STOPPED and not stopped_later:
        checks = "stopped"
    else:
        checks = "done" if release.checked_at else "left_out"
    if not release.medical and not release.approved_at:
        approval = "left_out"
    else:
        approval = "done" if release.approved_at else "now" if state == states.CHECKED else "to_come"
    is_next = state == states.GOING_LIVE or (state == states.CHECKED and approval != "now")
    live = "done" if was_live else "stopped" if stopped_later else "now" if is_next else "to_come"
    if state == states.WITHDRAWN:
        approval, live = (approval if approval != "to_come" else "left_out"), "stopped"
    return [Stage("draft", "done"), Stage("checks", checks), Stage("approval", approval), Stage("live", live)]


def _shown(kept: dict[str, Any], before: Content, after: Content) -> Shown:
    lines = kept.get("lines", [])
    verdict = "passed" if kept["passed"] and not lines else "stops" if not kept["passed"] and kept["stops"] else "look"
    if kept["passed"] and kept["name"] in ("concerns", "topics"):
        verdict = "passed"  # a few lines got worse, and no more than may
    erased = 0
    if kept["name"] == "visitors":
        found, erased = _of_visitors(lines, before, after)
    else:
        found = [_line(line, before, after) for line in lines]
    return Shown(
        kept["name"], verdict, int(kept["looked_at"]), found, int(kept.get("left_out", 0)), erased,
        topics=[Topic(topic_title(one["topic"]), one["asked"], one["before"], one["after"]) for one in kept.get("topics", [])],
        by_rule=int(kept["looked_at"]) - int(kept.get("asked", 0)),
        percent=round(100 * float(kept.get("share", 0.0)), 1),
    )  # fmt: skip


def _line(kept: dict[str, Any], before: Content, after: Content) -> Line:
    wanted = str(kept.get("wanted", ""))
    is_level = bool(wanted) and "/" not in wanted
    was = kept.get("before", "")
    return Line(
        text=str(kept.get("text", "")),
        wanted="" if is_level else _title(wanted, after, before) if wanted else "",
        wanted_concern=wanted if is_level else "",
        before=_said(was, before) if isinstance(was, list) else (),
        after=_said(kept.get("said", []), after),
        concern_before=was if isinstance(was, str) else "",
        concern_after=str(kept.get("after", kept.get("concern", ""))),
        title=_title(kept["key"], after, before) if "key" in kept else "",
        sentence=str(kept.get("sentence", "")),
        stops=bool(kept.get("stops", False)),
    )


def _of_visitors(kept: Sequence[dict[str, Any]], before: Content, after: Content) -> tuple[list[Line], int]:
    """Messages as they are in the record now, masked by the rules of today; and how many are there no more."""
    there = Message.objects.in_bulk([line["message"] for line in kept])
    lines = [
        Line(
            text=_shortened(mask(" ".join(message.text.split()))),
            before=_said(line["before"], before), after=_said(line["after"], after),
            concern_before=line["concern_before"], concern_after=line["concern_after"],
            conversation_id=str(message.conversation_id), position=message.position,
        )
        for line in kept
        if (message := there.get(line["message"])) is not None
    ]  # fmt: skip
    lines.sort(key=lambda line: not line.is_taken_lightlier)  # what may hurt somebody comes first
    return lines, len(kept) - len(lines)


def _said(keys: Sequence[str], there: Content) -> list[Said]:
    return [Said(_title(key, there), _text(key, there)) for key in keys]


def _title(key: str, *contents: Content) -> str:
    return next((one.questions[key].title for one in contents if key in one.questions), readable(key))


def _text(key: str, there: Content) -> str:
    question = there.questions.get(key)
    return question.wordings[0].text if question and question.wordings else ""


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
