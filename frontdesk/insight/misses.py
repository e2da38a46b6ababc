"""Keeps, for each message that was not understood, the vector of its meaning and the group that it is in. The worker does so.

What is to be done are rows (`Miss`): an assistant that is down, or a process that dies, leaves them as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from frontdesk.insight.group_models import Miss
from frontdesk.insight.likeness import centres, packed, unpacked

MOST = 5_000  # messages that are grouped, the newest: each is compared with each, in a quarter of a second
AT_ONCE = 500  # rows in a transaction: some milliseconds in which no visitor's message is written


def misses_write(conversation_ids: Iterable[str], missed: Mapping[int, datetime]) -> None:
    """Writes down which messages of these conversations were not understood; in the transaction of who has looked.

    Args:
        conversation_ids: All that were looked at.
        missed: When each was sent, by message.
    """
    known = set(Miss.objects.filter(message__conversation__in=list(conversation_ids)).values_list("pk", flat=True))
    if gone := known - missed.keys():
        Miss.objects.filter(pk__in=gone).delete()
    Miss.objects.bulk_create(Miss(message_id=pk, at=at) for pk, at in missed.items() if pk not in known)


def vectors_due(encoder: str, most: int) -> dict[int, str]:
    """Texts without a vector of this encoder, by message, the newest first; at most so many."""
    due = Miss.objects.filter(pk__in=newest()).exclude(encoder=encoder).order_by("-at", "-pk")
    return dict(due.values_list("pk", "message__text")[:most])


@transaction.atomic
def vectors_write(encoder: str, vectors: Mapping[int, Sequence[float]]) -> None:
    """Keeps vectors, by message; of a message that was erased meanwhile nothing is written. An empty one is like no other."""
    for pk, vector in vectors.items():
        Miss.objects.filter(pk=pk).update(vector=packed(vector), encoder=encoder, centre=None)


def groups_due(encoder: str) -> bool:
    """Whether a message with a vector of this encoder is in no group."""
    return Miss.objects.filter(pk__in=newest(), encoder=encoder, centre=None).exists()


def groups_find(encoder: str) -> dict[int, int]:
    """Groups the newest messages that have a vector of this encoder, the earliest first; reads only.

    Returns:
        Of each message whose centre is another than is written down: its centre.
    """
    rows = list(
        Miss.objects.filter(pk__in=newest(), encoder=encoder).order_by("at", "pk").values_list("pk", "vector", "centre_id")
    )
    found = {pk: pk for pk, _, _ in rows}
    of_words = [(pk, bytes(vector)) for pk, vector, _ in rows if vector]
    if of_words:
        places = centres(unpacked([vector for _, vector in of_words]))
        found.update({pk: of_words[place][0] for (pk, _), place in zip(of_words, places, strict=True)})
    return {pk: found[pk] for pk, _, before in rows if found[pk] != before}


def groups_write(found: Mapping[int, int]) -> None:
    """Writes down centres, by message, in several transactions. What was erased meanwhile is left out; the next round sees to the rest."""
    moved = list(found.items())
    for start in range(0, len(moved), AT_ONCE):
        _groups_write(dict(moved[start : start + AT_ONCE]))


@transaction.atomic
def _groups_write(found: Mapping[int, int]) -> None:
    there = set(Miss.objects.filter(pk__in={*found, *found.values()}).values_list("pk", flat=True))
    rows = [Miss(pk=pk, centre_id=centre) for pk, centre in found.items() if {pk, centre} <= there]
    Miss.objects.bulk_update(rows, ["centre"], batch_size=AT_ONCE)


def newest() -> QuerySet[Miss, Any]:
    """Those that are grouped, to be asked for among others."""
    return Miss.objects.order_by("-at", "-pk").values("pk")[:MOST]
