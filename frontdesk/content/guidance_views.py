"""Notes on what an editor is typing: asked for by `static/guidance.js`, in JSON. Nothing is kept, and nothing is changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from frontdesk import words
from frontdesk.clinic.selectors import settings_for_assistant, the_clinic
from frontdesk.content import links
from frontdesk.content.answer_checks import answer_notes, grade_of
from frontdesk.content.draft import content_of, live_release
from frontdesk.content.guidance import MOST, guidance_for
from frontdesk.content.notes import Level, Note
from frontdesk.content.questions import Question, UnreadableContent, content
from frontdesk.content.readability import word_count
from frontdesk.content.services import BULLET
from frontdesk.people.access import needs
from frontdesk.people.roles import Right

LONGEST = 5_000  # characters of a text that are read; what is longer is too long anyway
MOST_FACTS = 100
EMERGENCY = "{emergency_number}"


class Unusable(Exception):
    """A request that does not say what is needed."""


@needs(Right.EDIT)
@require_POST
def examples(request: HttpRequest) -> HttpResponse:
    """Notes on examples: `{"key", "texts", "before"?}` → `{"texts": [{"notes"}], "question": {"notes"}, "nearness"}`."""
    try:
        body = _body(request)
        key, before, texts = _text(body, "key"), _text(body, "before"), _texts(body, "texts", MOST)
        found = guidance_for(key, [_as_kept(text) for text in texts], _as_kept(before))
    except Unusable:
        return JsonResponse({"error": {"code": "unusable"}}, status=400)
    except UnreadableContent as error:
        return JsonResponse({"error": {"code": "unreadable", "message": str(error)}}, status=409)
    question = found.question if found.nearness else [*found.question, Note(Level.HINT, "no_nearness")]
    return JsonResponse(
        {
            "texts": [{"notes": [_note(one) for one in notes]} for notes in found.texts],
            "question": {"notes": [_note(one) for one in question]},
            "nearness": found.nearness,
        }
    )


@needs(Right.EDIT)
@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Notes on an answer: `{"key", "text", "facts", "buttons", "links"?}` → `{"notes", "measure", "grade", "words", "links"}`.

    Links that nobody has looked at lately come back in `links`. Asked again with `links: true`, they are looked at first.
    """
    try:
        body = _body(request)
        key, text, facts = _text(body, "key"), _text(body, "text").strip(), _texts(body, "facts", MOST_FACTS)
        buttons, before = _number(body, "buttons"), _before(key)
    except Unusable:
        return JsonResponse({"error": {"code": "unusable"}}, status=400)
    except UnreadableContent as error:
        return JsonResponse({"error": {"code": "unreadable", "message": str(error)}}, status=409)
    if body.get("links") is True:
        links.look_at(links.to_look_at(text))
    notes = [
        *answer_notes(key, text, facts, buttons, before, settings_for_assistant(the_clinic()).keys()),
        *links.link_notes(text),
    ]
    count, grade = word_count(text), grade_of(key, text)
    measured = {"words": str(count), **({} if grade is None else {"grade": f"{grade:.1f}"})}
    return JsonResponse(
        {
            "notes": [_note(one) for one in sorted(notes, key=lambda note: list(Level).index(note.level))] if text else [],
            "measure": words.staff("guide_measure" if grade is None else "guide_measure_grade", **measured) if text else "",
            "grade": None if grade is None else round(grade, 1),
            "words": count,
            "links": links.to_look_at(text),
        }
    )


def _before(key: str) -> str | None:
    """What visitors read in an emergency by what is live, where all of the answer's wordings say whom to call."""
    release = live_release()
    known = content_of(release) if release else content()
    question: Question | None = known.questions.get(key)
    texts = [wording.text for wording in question.wordings] if question else []
    return texts[0] if texts and all(EMERGENCY in text for text in texts) else None


def _note(note: Note) -> dict[str, Any]:
    read = note.as_json()
    if "other" in read:
        read["other"] = {**read["other"], "href": _page_of(read["other"]["key"])}
    return read


def _page_of(key: str) -> str:
    topic, _, name = key.partition("/")
    try:
        return reverse("content_question", args=[topic, name])
    except NoReverseMatch:
        return ""


def _as_kept(text: str) -> str:
    """As an example that is pasted would be written."""
    return " ".join(BULLET.sub("", text).split())


def _body(request: HttpRequest) -> Mapping[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise Unusable from error
    if not isinstance(body, dict):
        raise Unusable
    return body


def _text(body: Mapping[str, Any], name: str) -> str:
    given = body.get(name, "")
    if not isinstance(given, str):
        raise Unusable
    return given[:LONGEST]


def _number(body: Mapping[str, Any], name: str) -> int:
    given = body.get(name, 0)
    if not isinstance(given, int):
        raise Unusable
    return given


def _texts(body: Mapping[str, Any], name: str, most: int) -> list[str]:
    given = body.get(name, [])
    if not isinstance(given, list) or len(given) > most or not all(isinstance(one, str) for one in given):
        raise Unusable
    return [one[:LONGEST] for one in given]
