"""Lets those who follow a conversation know that something happened: at once what this process did, soon after what another did.

Only that something happened: what it was, each reads from the record, from where it stands. So a call that is lost or comes twice does no
harm, and nothing depends on the order of calls.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import DatabaseError, connection

from frontdesk.conversations.changes import follow
from frontdesk.conversations.models import Conversation

logger = logging.getLogger(__name__)

LOOK_EVERY = 0.1  # seconds between two looks at what other processes have committed
LOOK_AT_LEAST = 1.0
AT_EASE = 100  # followers whose conversations are looked at that often
AT_ONCE = 500  # conversations in one question to the database


@dataclass(frozen=True)
class Present:
    """A member of staff with a page of the desk open, and the conversation that it shows; empty for the inbox."""

    user_id: int
    name: str
    conversation_id: str = ""


class Subscription:
    """One follower of one conversation."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self._event = asyncio.Event()
        self._typing: dict[str, bool] = {}

    def clear(self) -> None:
        """What happened so far has been seen; to be called before looking."""
        self._event.clear()

    async def wait(self, seconds: float) -> bool:
        """Waits for something to happen; whether it did."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        return True

    def typing(self) -> dict[str, bool]:
        """Who has begun or stopped typing since the last call."""
        told, self._typing = self._typing, {}
        return told

    def tell(self, who: str = "", *, is_typing: bool = False) -> None:
        """Something happened; or somebody types, or has stopped."""
        if who:
            self._typing[who] = is_typing
        self._event.set()


class Hub:
    """Who follows what, in this process."""

    def __init__(self) -> None:
        """To be made in the event loop that it is used in."""
        self._loop = asyncio.get_running_loop()
        self._followers: dict[str, set[Subscription]] = defaultdict(set)
        self._staff: dict[Subscription, Present] = {}
        self._positions: dict[str, int] = {}
        self._version = (0, 0)
        self._watcher = ThreadPoolExecutor(
            1, thread_name_prefix="hub"
        )  # one, since SQLite counts what others did by connection
        follow(self._from_thread)

    @contextlib.contextmanager
    def subscribed(self, conversation_id: str) -> Iterator[Subscription]:
        """Follows a conversation."""
        subscription = Subscription()
        followers = self._followers[conversation_id]
        followers.add(subscription)
        try:
            yield subscription
        finally:
            followers.discard(subscription)
            if not followers and self._followers.get(conversation_id) is followers:
                del self._followers[conversation_id]
                self._positions.pop(conversation_id, None)

    @contextlib.contextmanager
    def staff(self, person: Present) -> Iterator[Subscription]:
        """Follows all conversations, for a page of the desk; while it is open, its person counts as present."""
        subscription = Subscription()
        self._staff[subscription] = person
        self._present_changed(person.conversation_id)
        try:
            yield subscription
        finally:
            del self._staff[subscription]
            self._present_changed(person.conversation_id)

    def present(self, conversation_id: str = "") -> list[Present]:
        """Who has a page of the desk open; with a conversation, who has that one open. Each person once."""
        there = {
            one.user_id: one for one in self._staff.values() if not conversation_id or one.conversation_id == conversation_id
        }
        return sorted(there.values(), key=lambda one: one.name)

    def followers(self, conversation_id: str) -> int:
        """How many follow a conversation."""
        return len(self._followers.get(conversation_id, ()))

    def changed(self, conversation_id: str) -> None:
        """Something was committed to a conversation."""
        for subscription in self._followers.get(conversation_id, ()):
            subscription.tell()
        self._tell_staff(conversation_id)

    def typing(self, conversation_id: str, who: str, *, is_typing: bool) -> None:
        """Somebody types, or has stopped; not kept."""
        for subscription in self._followers.get(conversation_id, ()):
            subscription.tell(who, is_typing=is_typing)
        for subscription, person in self._staff.items():
            if person.conversation_id == conversation_id:
                subscription.tell(who, is_typing=is_typing)

    def typing_from_thread(self, conversation_id: str, who: str, *, is_typing: bool) -> None:
        """As `typing`, from outside of the event loop."""
        self._loop.call_soon_threadsafe(lambda: self.typing(conversation_id, who, is_typing=is_typing))

    async def watch(self) -> None:
        """Looks, as long as the process lives, for what other processes have committed."""
        while True:
            # A thousand followers are asked about once a second, so that asking takes nothing from turns.
            await asyncio.sleep(min(LOOK_EVERY * max(1.0, len(self._followers) / AT_EASE), LOOK_AT_LEAST))
            ids = list(self._followers)
            if not ids and not self._staff:
                continue
            try:
                positions = await self._loop.run_in_executor(self._watcher, self._look, ids)
            except DatabaseError as error:
                logger.warning("Could not look for changes: %s", type(error).__name__)
                continue
            if positions is None:
                continue
            self._tell_staff("")
            for conversation_id in ids:
                position = positions.get(conversation_id, -1)  # -1: deleted
                if conversation_id in self._followers and self._positions.get(conversation_id) != position:
                    self._positions[conversation_id] = position
                    self.changed(conversation_id)

    def _tell_staff(self, conversation_id: str) -> None:
        """Lets the pages of the desk know: of a conversation those that show it or the inbox; of no certain one, all."""
        for subscription, person in self._staff.items():
            if not conversation_id or person.conversation_id in ("", conversation_id):
                subscription.tell()

    def _present_changed(self, conversation_id: str) -> None:
        for subscription, person in self._staff.items():
            if person.conversation_id == conversation_id:
                subscription.tell()

    def _look(self, ids: list[str]) -> dict[str, int] | None:
        """How far each conversation has got; None if nothing was committed to the database since the last look."""
        if connection.vendor == "sqlite":
            # Costs microseconds, and changes with every commit of another connection.
            with connection.cursor() as cursor:
                version = (id(connection.connection), cursor.execute("PRAGMA data_version").fetchone()[0])
            if version == self._version:
                return None
            self._version = version
        positions: dict[str, int] = {}
        for start in range(0, len(ids), AT_ONCE):
            some = Conversation.objects.filter(pk__in=ids[start : start + AT_ONCE])
            positions.update(some.values_list("pk", "last_position"))
        return positions

    def _from_thread(self, conversation_id: str) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody follows any more
            self._loop.call_soon_threadsafe(self.changed, conversation_id)
