"""Takes a visitor's message through its turn: safety, commit, assistant, commit, disk, reply."""

from __future__ import annotations

import asyncio
from uuid import UUID

import aiohttp

from frontdesk import environment
from frontdesk.chat import assistant, database
from frontdesk.chat.hub import Hub, Subscription
from frontdesk.conversations.models import Message
from frontdesk.conversations.turns import Incoming, Outcome, Turn, message_accept, turn_claim, turn_fail, turn_finish
from safety import RedFlags

LOOK_AGAIN = 1.0  # seconds after which a message that waits for its turn looks whether a turn ran out


class Turns:
    """The turns of this process; with the safety rules, the way to the assistant, and who follows conversations."""

    def __init__(self, flags: RedFlags, client: aiohttp.ClientSession, hub: Hub) -> None:
        """To be made in the event loop that it is used in."""
        self._flags = flags
        self._client = client
        self._hub = hub
        self._running: set[asyncio.Task[Outcome | int]] = set()

    async def take(self, conversation_id: str, client_id: UUID, text: str, choice: str) -> Outcome | int:
        """Keeps a message, waits for its turn, and has it answered; also when the visitor's connection breaks meanwhile.

        Returns:
            What became of it, where this call had it answered; else the message's row, and the record says the rest: another process
            has answered, a person will, or the visitor was told that the assistant could not.

        Raises:
            ConversationDeleted, ConversationClosed, IdReused, UnknownChoice, TooManyMessages: It was not kept.
        """
        incoming = Incoming(client_id, text, choice, self._flags.check(text))
        task = asyncio.create_task(self._take(conversation_id, incoming))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def finish(self) -> None:
        """Lets what has begun come to its end, before the process does."""
        if self._running:
            await asyncio.wait(self._running, timeout=environment.ASSISTANT_SECONDS)

    async def _take(self, conversation_id: str, incoming: Incoming) -> Outcome | int:
        with self._hub.subscribed(conversation_id) as subscription:
            message_id, turn = await database.commit(message_accept, conversation_id, incoming)
            # The disk and the assistant have it at the same time; the visitor hears of it when both are done.
            _, outcome = await asyncio.gather(
                database.on_disk(), self._outcome(conversation_id, message_id, turn, subscription)
            )
        return outcome

    async def _outcome(
        self, conversation_id: str, message_id: int, turn: Turn | None, subscription: Subscription
    ) -> Outcome | int:
        """Has a message answered, after those that are due before it; see `take`."""
        while True:
            if turn is not None:
                outcome = await self._answer(turn)
                if turn.message.pk == message_id:
                    return outcome or message_id
            subscription.clear()
            if await database.read(_has_been_answered, message_id):
                return message_id
            turn = await database.commit(turn_claim, conversation_id)
            if turn is None:
                await subscription.wait(LOOK_AGAIN)

    async def _answer(self, turn: Turn) -> Outcome | None:
        if turn.rests:
            await database.write(turn_fail, turn, "still_failing")
            return None
        self._hub.typing(turn.conversation_id, "bot", is_typing=True)
        try:
            reply = await assistant.ask(self._client, turn)
        except assistant.AssistantFailed as failure:
            await database.write(turn_fail, turn, str(failure))
            return None
        else:
            return await database.write(turn_finish, turn, reply)
        finally:
            self._hub.typing(turn.conversation_id, "bot", is_typing=False)


def _has_been_answered(message_id: int) -> bool:
    """Whether there is nothing to wait for: it is answered, somebody else's, deleted, or was told of as failed."""
    message = Message.objects.filter(pk=message_id).only("answer", "tries").first()
    return message is None or message.answer != Message.Answer.DUE or message.tries > 0
