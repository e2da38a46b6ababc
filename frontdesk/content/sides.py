"""What the draft, and what is live, make of a message that an editor tries: as a visitor would see it, and why. Nothing of it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
from django.utils import timezone

from frontdesk import environment, words
from frontdesk.chat.assistant import AssistantFailed, is_ready, new_client
from frontdesk.chat.nearest import Near, nearest_of
from frontdesk.clinic.selectors import settings_for_assistant, the_clinic
from frontdesk.content.advance import STARTS_WITHIN
from frontdesk.content.draft import content_of, live_release
from frontdesk.content.live import Served, served, wording_try
from frontdesk.content.models import Build, Process
from frontdesk.content.pages import refusal
from frontdesk.content.questions import Content, Question, UnreadableContent, content
from frontdesk.content.readings import WHICH, NoReading, read_whole, reading_of
from frontdesk.content.trials import draft_try
from frontdesk.review.questions import NOT_UNDERSTOOD, readable, topic_title

SECONDS = environment.ASSISTANT_SECONDS  # after these a visitor would be told that a person will follow up
USUALLY = 20  # seconds until a draft can be tried, where none was trained here yet
STARTING = 6  # seconds of these in which its assistant starts
MOST_COMPLAINTS = 12  # lines of what a training says of its failure

# How far the draft is: `live` where visitors get the same.
LIVE, READY, WAITING, FAILED, UNREADABLE, DOWN = "live", "ready", "waiting", "failed", "unreadable", "down"


@dataclass(frozen=True)
class Draft:
    """The draft, as far as it can be tried.

    Attributes:
        state: `live`, `ready`, `waiting`, `failed`, `unreadable`; `down` where its assistant does not answer.
        problem: Why it cannot be tried, in a sentence where that is to be had.
        complaints: What the training said, for whoever changes the files by hand.
        seconds: How long it usually takes until it can be tried.
        served: What answers as the draft.
    """

    state: str
    problem: str = ""
    complaints: tuple[str, ...] = ()
    seconds: int = USUALLY
    served: Served | None = None


@dataclass(frozen=True)
class Button:
    """Under an answer; `question` is where it leads, if the draft has it."""

    title: str
    question: Question | None


@dataclass(frozen=True)
class Bubble:
    """One of the things that the assistant says."""

    paragraphs: tuple[str, ...]
    buttons: tuple[Button, ...]


@dataclass(frozen=True)
class Guess:
    """A question that may have been meant.

    Attributes:
        title: The question's.
        percent: How sure.
        example: The one that this rests on; empty where it is none.
    """

    title: str
    percent: int
    example: str


@dataclass(frozen=True)
class Example:
    """An example that the message is like: its question's title, and how like, in percent."""

    text: str
    title: str
    percent: int


@dataclass(frozen=True)
class Reason:
    """Why a message is taken for a medical matter: a rule's reason and the words that it found; or as what it reads, without words."""

    why: str
    words: str


@dataclass(frozen=True)
class Answered:
    """What a visitor gets, and why.

    Attributes:
        titles: Of the questions that are answered.
        choices: Titles of the questions among which the visitor is asked to choose.
        keys: Of what is said, or offered.
        is_missed: Whether it was not understood.
        calls_person: Whether a person is called in.
        nearest: None where that cannot be known just now.
        concern: `none`, `routine`, `urgent` or `emergency`.
        language: In words; empty where it is English.
    """

    bubbles: tuple[Bubble, ...]
    titles: tuple[str, ...]
    choices: tuple[str, ...]
    keys: tuple[str, ...]
    is_missed: bool
    calls_person: bool
    guesses: tuple[Guess, ...]
    nearest: tuple[Example, ...] | None
    concern: str
    reasons: tuple[Reason, ...]
    language: str

    @property
    def words(self) -> list[tuple[str, ...]]:
        """What is said, without where the buttons lead."""
        return [(*bubble.paragraphs, *(button.title for button in bubble.buttons)) for bubble in self.bubbles]

    @property
    def treats(self) -> tuple[str, bool]:
        """How serious it is taken, and whether a person is called."""
        return self.concern, self.calls_person

    @property
    def test(self) -> tuple[str, str]:
        """What a test of this message would expect: a question's key, or a concern."""
        if self.concern != "none":
            return "", self.concern
        return (self.keys[0] if self.titles and not self.choices else ""), ""


@dataclass(frozen=True)
class Both:
    """A message, tried; `None` where a side gave no answer."""

    text: str
    draft_state: Draft
    draft: Answered | None
    live: Answered | None

    @property
    def is_same(self) -> bool:
        """Whether visitors notice no difference."""
        return bool(
            self.draft and self.live and (self.draft.keys, self.draft.words, self.draft.treats)
            == (self.live.keys, self.live.words, self.live.treats)
        )  # fmt: skip

    @property
    def is_reworded(self) -> bool:
        """Whether the same is answered, in other words."""
        return bool(self.draft and self.live and (self.draft.keys, self.draft.treats) == (self.live.keys, self.live.treats))

    @property
    def test(self) -> tuple[str, str]:
        """What a test of this message would expect, as the draft answers it now."""
        answered = self.draft or self.live
        return answered.test if answered else ("", "")


def draft_prepare() -> Draft:
    """How far the draft is, as far as that is written down; from here on it is built and started, if need be."""
    try:
        tried = draft_try()
    except (UnreadableContent, OSError) as error:
        return Draft(UNREADABLE, refusal(error))
    if tried.problem:
        complaints = [line for line in tried.problem.splitlines() if line.strip()]
        return Draft(FAILED, complaints=tuple(complaints[-MOST_COMPLAINTS:]))
    if tried.is_live:
        return Draft(LIVE, served=tried.served)
    if tried.served is None:
        return Draft(WAITING, seconds=_usual_seconds())
    if tried.responses:
        wording_try(tried.served.wording, tried.responses)
    return Draft(READY, served=tried.served)


def draft_state() -> Draft:
    """As `draft_prepare`, after a look at whether its assistant answers."""
    draft = draft_prepare()
    if draft.state == READY and draft.served and not draft.served.wording and not asyncio.run(_is_ready(draft.served.address)):
        return _silent(draft)
    return draft


def ask_both(text: str) -> Both:
    """Asks the draft and what is live, at the same time."""
    draft = draft_prepare()
    live_by = served()
    draft_by = draft.served if draft.state == READY else None
    settings = settings_for_assistant(the_clinic())
    found = asyncio.run(_ask([live_by, *([draft_by] if draft_by else [])], text, settings))
    known, known_live = _contents()
    live = _answered(found[0], known_live, known)
    if draft.state == LIVE:
        return Both(text, draft, live, live)
    answered = _answered(found[1], known, known) if draft_by else None
    return Both(text, _silent(draft) if draft_by and answered is None else draft, answered, live)


def _silent(draft: Draft) -> Draft:
    """A draft whose assistant gave no answer: it starts, or is down."""
    port = draft.served.address.rpartition(":")[2] if draft.served and not draft.served.wording else ""
    began = timezone.now() - timedelta(seconds=STARTS_WITHIN)
    is_starting = port.isdigit() and Process.objects.filter(port=int(port), since__gt=began).exists()
    return Draft(WAITING, seconds=STARTING) if is_starting else Draft(DOWN)


def _usual_seconds() -> int:
    """How long it takes until a draft can be tried, in whole fives."""
    took = Build.objects.filter(state=Build.State.READY, seconds__gt=1).order_by("-made_at").values_list("seconds", flat=True)
    return max(round((took[0] + STARTING) / 5) * 5, 5) if took.exists() else USUALLY


def _contents() -> tuple[Content, Content]:
    """What the draft and what is live say, for titles; of a file that cannot be read, nothing."""
    try:
        known = content()
    except UnreadableContent:
        known = Content({})
    try:
        release = live_release()
        return known, content_of(release) if release else known
    except UnreadableContent:
        return known, known


async def _is_ready(address: str) -> bool:
    async with new_client() as client:
        return await is_ready(client, address)


Found = tuple[dict[str, Any], tuple[Near, ...] | None]


async def _ask(by: list[Served], text: str, settings: Mapping[str, str]) -> list[Found | None]:
    async with new_client() as client:
        return await asyncio.gather(*(_ask_one(client, one, text, settings) for one in by))


async def _ask_one(client: aiohttp.ClientSession, by: Served, text: str, settings: Mapping[str, str]) -> Found | None:
    """What the channel says of a message, and the examples that it is like; None where it says nothing."""
    near = asyncio.create_task(asyncio.to_thread(_nearest, text, by.address))
    try:
        async with asyncio.timeout(SECONDS):
            whole = await read_whole(client, by, text, settings)
    except (NoReading, TimeoutError, ValueError):
        near.cancel()
        return None
    return whole, await near


def _nearest(text: str, address: str) -> tuple[Near, ...] | None:
    try:
        [found] = nearest_of([text], [""], address)
    except AssistantFailed:
        return None
    return found.examples


def _answered(found: Found | None, known: Content, draft: Content) -> Answered | None:
    if found is None:
        return None
    whole, near = found
    try:
        return _read(whole, near, known, draft)
    except (KeyError, TypeError, ValueError):
        return None  # an assistant that says something else than the channel does


def _read(whole: Mapping[str, Any], near: tuple[Near, ...] | None, known: Content, draft: Content) -> Answered:
    understood, reading, handoff = whole["understanding"], reading_of(dict(whole)), whole["handoff"] or {}
    said = [key for key in reading.answers if key != WHICH]
    return Answered(
        bubbles=tuple(
            Bubble(
                tuple(line for line in str(reply["text"]).split("\n") if line.strip()),
                tuple(Button(str(one["title"]), draft.questions.get(str(one["id"]))) for one in reply["choices"]),
            )
            for reply in whole["replies"]
        ),
        titles=tuple(_title(key, known) for key in said),
        choices=tuple(_title(key, known) for key in reading.choices),
        keys=reading.said,
        is_missed=not NOT_UNDERSTOOD.isdisjoint(said),
        calls_person=bool(whole["handoff"]) or any(reply["handoff"] for reply in whole["replies"]),
        guesses=tuple(
            Guess(_title(str(one["name"]), known), round(float(one["confidence"]) * 100), str(one.get("nearest", "")))
            for one in understood["ranking"]
        ),
        nearest=None if near is None else tuple(
            Example(one.text, _title(one.question, known), round(one.likeness * 100)) for one in near
        ),
        concern=reading.concern,
        reasons=tuple(
            Reason(str(one.get("why", "")), str(one.get("words", ""))) for one in handoff.get("reasons", [])
        ),
        language=_language(str(understood["language"])),
    )  # fmt: skip


def _title(key: str, known: Content) -> str:
    """How a question reads; with its topic, where it has no title of its own: nobody asks for "Airway"."""
    question = known.questions.get(key)
    if question and any(wording.title for wording in question.wordings):
        return question.title
    return f"{topic_title(key.partition('/')[0])}: {readable(key).lower()}"


def _language(code: str) -> str:
    if code == words.LANGUAGES[0]:
        return ""
    return words.staff(f"review_language_{code}") if code in words.LANGUAGES else code
