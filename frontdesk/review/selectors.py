"""Reads lists of conversations, a page at a time. What a page costs does not grow with the record: nothing is skipped over or counted up.

A list walks its index in order, and the index decides all that is a conversation's own. Two things are not in it:

- Topics, questions and tags (`SummaryKey`). Of a rare one, all conversations are fetched and put in order. A common one is looked up for
  each conversation that the walk meets, of which there are at most `WALKED`; then the page says that there may be more further back.
- Words. The newest mentions are fetched, of at most `MOST` messages, and their conversations put in order. If there are more, the page
  says so and goes on with older ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from frontdesk.clinic.selectors import the_clinic
from frontdesk.people.roles import Right, has_right
from frontdesk.people.selectors import name_of
from frontdesk.review import search
from frontdesk.review.filters import Filter
from frontdesk.review.models import ConversationTag, Correction, SavedFilter, Summary, SummaryKey, Tag

PAGE = 50
MOST = 3_000  # conversations that are put in order, and mentions of words that are looked at in one go
WALKED = 5_000  # conversations that a walk meets
COUNTED = 1_000  # up to here a list says how long it is
AROUND = 60  # characters before and after words that were found
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ORDERS = {
    "activity": ("last_activity_at", "id"),
    "begun": ("started_at", "id"),
    "level": ("level", "last_activity_at", "id"),
}
Place = tuple[Any, ...]  # of a conversation in an order


@dataclass
class Page:
    """Some of a list.

    Attributes:
        rows: In order.
        after: Where the next page begins; empty where there is none.
        older: Below which number of a summary the next mentions are; empty where all were looked at.
        is_cut: The walk ended before the page was full: more may be further on.
        count: How many conversations the list has; None where that is not known.
        is_more_than: There are more than `count`.
        snippets: What was found, without personal details, by summary: text before, the words, text after.
        mentions: At which position, by summary.
        tags: By conversation.
    """

    rows: list[Summary]
    after: str = ""
    older: str = ""
    is_cut: bool = False
    count: int | None = None
    is_more_than: bool = False
    snippets: dict[int, list[tuple[str, bool]]] = field(default_factory=dict)
    mentions: dict[int, int] = field(default_factory=dict)
    tags: dict[str, list[str]] = field(default_factory=dict)


def page_of(asked: Filter, after: str = "", older: str = "") -> Page:
    """A page of the list that a filter asks for.

    Args:
        asked: The filter.
        after: Of the page before.
        older: Of the mentions before.
    """
    found = _Walk(asked, older)
    places, is_cut = found.take(PAGE + 1, _place(asked, after))
    shown = places[:PAGE]
    page = Page(_rows([place[-1] for place in shown]), is_cut=is_cut, mentions=found.mentions, older=found.older)
    if len(places) > PAGE:
        page.after = _written(shown[-1])
    elif is_cut:
        page.after = _written(found.met)
    if not after and not page.after and not found.older:
        page.count = len(shown)
    elif not after and (found.is_short or not asked.keys):
        page.count, page.is_more_than = found.counted()
    by_conversation = ConversationTag.objects.filter(conversation__in=[row.conversation_id for row in page.rows])
    for conversation_id, name in by_conversation.values_list("conversation_id", "tag__name").order_by("tag__name"):
        page.tags.setdefault(conversation_id, []).append(name)
    page.snippets = _snippets(asked.q, page)
    return page


def neighbour_of(asked: Filter, conversation_id: str, *, before: bool, older: str = "") -> str | None:
    """The conversation before or after one in a list; None at its end, or where the walk to it is too long."""
    summary = Summary.objects.filter(conversation=conversation_id).first()
    if summary is None:
        return None
    here = tuple(getattr(summary, name) for name in ORDERS[asked.sort])
    places, _ = _Walk(asked, older).take(1, here, backwards=before)
    if not places:
        return None
    return str(Summary.objects.filter(pk=places[0][-1]).values_list("conversation_id", flat=True).get())


class _Walk:
    """Goes through the conversations that a filter asks for, in order.

    Attributes:
        is_short: It has a rare topic, question or tag, or words: then all of it is put in order, and can be counted.
        mentions: Where the words are, by summary.
        older: Below which number further mentions are; empty where there are none.
        met: The place of the last conversation that was looked at.
    """

    def __init__(self, asked: Filter, older: str = "") -> None:
        """Looks up what is not in the lists' indexes."""
        self._order = ORDERS[asked.sort]
        self._asked = Summary.objects.filter(asked.condition(ZoneInfo(the_clinic().time_zone)))
        self.mentions: dict[int, int] = {}
        self.older = ""
        self.met: Place = ()
        self.is_short = bool(asked.q)
        self._size: int | None = None  # where it need not be counted
        is_all = len(asked.active) == 1
        if asked.q:
            self._mentioned(asked.q, int(older) if older.isdigit() else None)
            self._asked = self._asked.filter(pk__in=search.among(self.mentions))
            self._size = len(self.mentions) if is_all else None
        self._common: list[str] = []
        for key in asked.keys:
            having = SummaryKey.objects.filter(key=key)
            some = having.values("pk")[: MOST + 1].count()
            if some <= MOST:
                self.is_short, self._size = True, some if is_all else None
                self._asked = self._asked.filter(pk__in=having.values("summary_id"))
            else:
                self._common.append(key)
        if self.is_short:
            self._asked, self._common = self._having(self._asked), []

    def take(self, number: int, after: Place | None, *, backwards: bool = False) -> tuple[list[Place], bool]:
        """So many places after one, in order; and whether the walk ended too early."""
        ahead = self._ahead(after, backwards)
        if not self._common:
            return list(ahead[:number]), False
        ends = list(ahead[WALKED - 1 : WALKED])
        if ends:
            [self.met] = ends
            ahead = ahead.filter(_beyond(self._order, self.met, "lt" if backwards else "gt", included=True))
        found = list(self._having(ahead)[:number])
        return found, bool(ends) and len(found) < number

    def counted(self) -> tuple[int, bool]:
        """How many there are, up to `COUNTED`; and whether there are more."""
        if self.is_short:
            return self._asked.count() if self._size is None else self._size, bool(self.older)
        count = self._asked.values("pk")[: COUNTED + 1].count()
        return min(count, COUNTED), count > COUNTED

    def _mentioned(self, sought: str, before: int | None) -> None:
        """Notes the newest mention of each conversation; if there are too many, of those with the highest numbers."""
        found = search.newest(sought, MOST + 1, before)
        if len(found) > MOST:
            # The last conversation may have more mentions than were fetched: it is the next round's first.
            last = found[-1].summary_id
            found = [mention for mention in found if mention.summary_id > last]
            self.older = str(last + 1)
        for mention in found:
            self.mentions.setdefault(mention.summary_id, mention.position)

    def _having(self, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """Those with the common keys, which are looked up for each."""
        for key in self._common:
            rows = rows.filter(Exists(SummaryKey.objects.filter(key=key, summary=OuterRef("pk"))))
        return rows

    def _ahead(self, after: Place | None, backwards: bool) -> QuerySet[Summary, Place]:
        rows = self._asked
        if after is not None:
            rows = rows.filter(_beyond(self._order, after, "gt" if backwards else "lt"))
        order = [name if backwards else f"-{name}" for name in self._order]
        return rows.order_by(*order).values_list(*self._order)


def tags() -> list[Tag]:
    """All tags, by name."""
    return list(Tag.objects.all())


def filters_of(user: User) -> list[SavedFilter]:
    """Somebody's saved filters, and those that colleagues share."""
    return list(SavedFilter.objects.filter(Q(owner=user) | Q(shared=True)).select_related("owner__profile"))


def staff_to_filter_by() -> list[tuple[int, str]]:
    """Who may have had a conversation: number and name."""
    everybody = User.objects.select_related("profile").prefetch_related("groups")
    return sorted(((user.pk, name_of(user)) for user in everybody if has_right(user, Right.ANSWER)), key=lambda one: one[1])


def corrections_of(conversation_id: str) -> dict[int, list[Correction]]:
    """What was corrected in a conversation, by message."""
    found: dict[int, list[Correction]] = {}
    for one in Correction.objects.filter(message__conversation=conversation_id).select_related("user__profile"):
        found.setdefault(one.message_id, []).append(one)
    return found


def corrections_open() -> QuerySet[Correction]:
    """What editors have to decide on, the oldest first; with the message and what was understood."""
    return (
        Correction.objects.filter(state=Correction.State.OPEN)
        .select_related("message__understanding", "user__profile")
        .order_by("at")
    )  # fmt: skip


def _rows(ids: list[int]) -> list[Summary]:
    rows = Summary.objects.in_bulk(ids)
    return [rows[one] for one in ids if one in rows]


def _beyond(order: tuple[str, ...], after: Place, side: str, *, included: bool = False) -> Q:
    """What comes after a place: (a, b) < (x, y) is a < x, or a = x and b < y. The first alone lets the index begin there."""
    first, *rest = order
    if not rest:
        return Q(**{f"{first}__{side}{'e' if included else ''}": after[0]})
    return Q(**{f"{first}__{side}e": after[0]}) & (
        Q(**{f"{first}__{side}": after[0]}) | Q(**{first: after[0]}) & _beyond(tuple(rest), after[1:], side, included=included)
    )


def _written(place: Place) -> str:
    """A place as it stands in an address: times in microseconds."""
    return ".".join(str((one - EPOCH) // timedelta(microseconds=1) if isinstance(one, datetime) else one) for one in place)


def _place(asked: Filter, written: str) -> Place | None:
    """What `_written` wrote; None where that cannot be read."""
    numbers, order = written.split("."), ORDERS[asked.sort]
    if len(numbers) != len(order) or not all(one.isascii() and one.isdigit() and len(one) < 18 for one in numbers):
        return None
    return tuple(
        EPOCH + timedelta(microseconds=int(one)) if name.endswith("_at") else int(one)
        for name, one in zip(order, numbers)
    )  # fmt: skip


def _snippets(sought: str, page: Page) -> dict[int, list[tuple[str, bool]]]:
    mentions = [search.Mention(row.pk, page.mentions[row.pk]) for row in page.rows if row.pk in page.mentions]
    return {pk: list(_snippet(text, sought)) for pk, text in search.texts_of(mentions).items()}


def _snippet(text: str, sought: str) -> Iterator[tuple[str, bool]]:
    """The words in what is around them: pieces, and whether each is what was sought."""
    text = " ".join(text.split())
    spans = search.places(text, sought)
    start = max(spans[0][0] - AROUND, 0) if spans else 0
    end = start + 3 * AROUND
    yield ("… " if start else "", False)
    place = start
    for begins, ends in spans:
        if ends <= end:
            yield (text[place:begins], False)
            yield (text[begins:ends], True)
            place = ends
    yield (text[place:end] + (" …" if end < len(text) else ""), False)
