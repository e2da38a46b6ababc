"""Conversations to take away: one as PDF or JSON, a selection as CSV. Nothing of it is kept here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.fernet import InvalidToken
from django.utils import timezone

from frontdesk import words
from frontdesk.conversations import contact
from frontdesk.conversations.models import Conversation, Message, Note, StateChange
from frontdesk.conversations.selectors import record_of
from frontdesk.conversations.templatetags.desk import move
from frontdesk.privacy.masking import mask
from frontdesk.privacy.templatetags.privacy import masked_as, said
from frontdesk.spreadsheets import as_csv

if TYPE_CHECKING:
    from fpdf import FPDF

MOST = 1000  # conversations in one table
FONTS = Path(__file__).with_name("fonts")
COLUMNS = (
    "conversation", "begun", "state", "level", "outcome", "language", "position", "from", "at", "text", "question", "confidence",
    "helpful",
)  # fmt: skip


def conversation_as_json(conversation: Conversation, *, whole: bool) -> bytes:
    """Everything of one conversation.

    Args:
        conversation: Which.
        whole: With personal details.
    """
    written = {
        "id": conversation.pk,
        "state": conversation.state,
        "concern": conversation.concern,
        "outcome": conversation.outcome,
        "language": conversation.language,
        "origin": conversation.origin,
        "consent": {"version": conversation.consent_version, "text": conversation.consent_text},
        "started_at": conversation.started_at.isoformat(),
        "last_activity_at": conversation.last_activity_at.isoformat(),
        "personal_details": "shown" if whole else "masked",
        "contacts": _contacts(conversation, whole=whole),
        "record": [_as_json(entry, whole=whole) for entry in record_of(conversation.pk)],
    }
    return json.dumps(written, ensure_ascii=False, indent=2).encode()


def conversation_as_pdf(conversation: Conversation, *, whole: bool, clinic: str) -> bytes:
    """What was said in one conversation, to be read or printed.

    Args:
        conversation: Which.
        whole: With personal details.
        clinic: The clinic's name.
    """
    from fpdf import FPDF  # here: a second and 23 MB, for the few who need it

    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(auto=True, margin=18)
    pdf.set_title(words.staff("export_title"))
    pdf.set_lang(conversation.language)
    pdf.add_font("text", "", FONTS / "DejaVuSans.ttf")
    pdf.add_font("text", "B", FONTS / "DejaVuSans-Bold.ttf")
    pdf.set_text_shaping(use_shaping_engine=True)  # Arabic letters are joined, and run from right to left
    pdf.add_page()
    _line(pdf, words.staff("export_title"), size=16, bold=True)
    _line(pdf, clinic, size=11)
    began = timezone.localtime(conversation.started_at)
    facts = [
        words.staff("export_number", number=conversation.pk),
        words.staff("export_begun", time=f"{began:%Y-%m-%d %H:%M %Z}"),
        words.staff("export_whole" if whole else "export_masked"),
    ]
    for fact in facts:
        _line(pdf, fact, size=9, grey=True)
    for details in _contacts(conversation, whole=whole):
        _line(pdf, words.staff("export_contact", details=", ".join(filter(None, details.values()))), size=9, grey=True)
    pdf.ln(3)
    for entry in record_of(conversation.pk):
        _entry(pdf, entry, whole=whole)
    return bytes(pdf.output())


def conversations_as_csv(conversations: Iterable[Conversation], *, whole: Callable[[Conversation], bool]) -> bytes:
    """What was said in several conversations: a row for each message, for a spreadsheet.

    Args:
        conversations: Which; at most `MOST` are written.
        whole: Whether personal details of one are shown.
    """
    return as_csv(COLUMNS, _rows(conversations, whole))


def _rows(conversations: Iterable[Conversation], whole: Callable[[Conversation], bool]) -> Iterator[list[Any]]:
    for _, conversation in zip(range(MOST), conversations, strict=False):
        is_whole = whole(conversation)
        for entry in record_of(conversation.pk):
            if isinstance(entry, Message):
                yield _row(conversation, entry, whole=is_whole)


def _row(conversation: Conversation, message: Message, *, whole: bool) -> list[Any]:
    understood = _joined(message, "understanding")
    feedback = _joined(message, "feedback")
    return [
        conversation.pk, conversation.started_at.isoformat(timespec="seconds"), conversation.state, conversation.concern,
        conversation.outcome, conversation.language, message.position, message.sender,
        message.sent_at.isoformat(timespec="seconds"), said(message, whole), understood.intent if understood else "",
        f"{understood.confidence:.2f}" if understood else "", "" if feedback is None else "yes" if feedback.helpful else "no",
    ]  # fmt: skip


def _as_json(entry: Message | StateChange | Note, *, whole: bool) -> dict[str, Any]:
    if isinstance(entry, StateChange):
        return {
            "position": entry.position,
            "at": entry.at.isoformat(),
            "moved_to": entry.after,
            "by": entry.by,
            "why": entry.why,
        }
    if isinstance(entry, Note):
        return {"at": entry.at.isoformat(), "note": entry.text if whole else mask(entry.text), "author": entry.author_name}
    written: dict[str, Any] = {
        "position": entry.position,
        "at": entry.sent_at.isoformat(),
        "from": entry.sender,
        "text": said(entry, whole),
    }
    understood, feedback = _joined(entry, "understanding"), _joined(entry, "feedback")
    if entry.author_name:
        written["author"] = entry.author_name
    if understood:
        written["understood"] = {
            "question": understood.intent, "confidence": understood.confidence, "concern": understood.concern,
            "model": understood.model,
        }  # fmt: skip
    if feedback:
        written["helpful"] = feedback.helpful
        written["comment"] = feedback.comment if whole else mask(feedback.comment)
    return written


def _contacts(conversation: Conversation, *, whole: bool) -> list[dict[str, str]]:
    found = []
    for kept in conversation.contacts.order_by("-at"):
        try:
            details = contact.unseal(kept.sealed)
        except InvalidToken:  # sealed with a key that is gone
            continue
        given = {"name": details.name, "phone": details.phone, "email": details.email}
        found.append(given if whole else {kind: masked_as(value, kind) for kind, value in given.items()})
    return found


def _entry(pdf: FPDF, entry: Message | StateChange | Note, *, whole: bool) -> None:
    if isinstance(entry, StateChange):
        _line(pdf, f"{_clock(entry.at)}  {move(entry)}", size=8.5, grey=True)
        pdf.ln(1.5)
        return
    if isinstance(entry, Note):
        who, at, text = words.staff("export_note", name=entry.author_name), entry.at, entry.text if whole else mask(entry.text)
    else:
        who = entry.author_name or words.staff(f"export_{entry.sender}")
        at, text = entry.sent_at, said(entry, whole)
    _line(pdf, f"{who}, {_clock(at)}", size=8.5, bold=True)
    _line(pdf, text, size=10.5)
    pdf.ln(2.5)


def _line(pdf: FPDF, text: str, *, size: float, bold: bool = False, grey: bool = False) -> None:
    pdf.set_font("text", "B" if bold else "", size)
    pdf.set_text_color(90 if grey else 0)
    # What the font has no picture for would be left out silently.
    known = getattr(pdf.current_font, "cmap", {})
    shown = "".join(char if ord(char) in known or char == "\n" else "□" for char in text)
    align = "R" if _is_right_to_left(text) else "L"
    pdf.multi_cell(0, size * 0.52, shown, new_x="LMARGIN", new_y="NEXT", align=align)


def _is_right_to_left(text: str) -> bool:
    first = next((char for char in text if char.isalpha()), "")
    return "\u0590" <= first <= "\u08ff"


def _clock(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _joined(message: Message, name: str) -> Any:
    """What belongs to a message and was read with it; None where there is none."""
    return message._state.fields_cache.get(name)
