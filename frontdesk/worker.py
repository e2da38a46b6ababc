"""What is done without anybody asking: each round does what the record says is due.

There is no queue beside the record that could disagree with it: a message that nobody answered, an alert that was not delivered, a visitor
who waits too long are rows, and stay due until they are done, whichever process dies when.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta

import aiohttp
from django.db import DatabaseError
from django.utils import timezone

from frontdesk import environment
from frontdesk.audit.services import old_entries_delete
from frontdesk.chat import assistant, database, vectors
from frontdesk.clinic.models import Heartbeat
from frontdesk.clinic.selectors import the_clinic
from frontdesk.content.advance import advance, sweep
from frontdesk.content.operations import DoesNotFit
from frontdesk.content.questions import UnreadableContent
from frontdesk.content.suggestion_services import examples_erase
from frontdesk.conversations import alerts, selectors, services
from frontdesk.conversations.models import StateChange
from frontdesk.conversations.turns import due_conversations, turn_claim, turn_fail, turn_finish
from frontdesk.insight import counting, misses
from frontdesk.privacy.services import RETENTION, conversation_erase, erasures_finish
from frontdesk.review import summaries

logger = logging.getLogger(__name__)

# Seconds between two rounds: of what somebody waits for, of what is found at the desk, and of what counts in minutes and days.
ROUND, SUMMARIES_EVERY, TEND_EVERY, FIGURES_EVERY, LIKENESS_EVERY = 0.5, 1.0, 5.0, 5.0, 10.0
RELEASES_EVERY, SWEEP_EVERY = 0.5, 600.0
SUMMARIES = 500  # in a round: the first ones after an update are many, and the worker must be able to stop
DAYS = 50  # in a round, as above
VECTORS, VECTORS_AT_ONCE = 500, 16  # in a round, as above; and in a request, which takes a tenth of a second of the assistant's
VECTORS_PAUSE = 0.1  # seconds between two such requests, in which the assistant has both cores for visitors
A_DAY = timedelta(days=1)
LOCK = "worker.lock"  # in the folder of what changes; held by whoever works
AT_ONCE = 8  # alerts that are sent at the same time: a slow mail server keeps nobody else waiting


@contextlib.contextmanager
def _seen_at_work() -> Iterator[None]:
    """While it lasts, others on this machine see that a worker runs; one that is killed is seen no more at once."""
    with (environment.VAR / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def is_at_work() -> bool:
    """Whether a worker runs on this machine."""
    environment.VAR.mkdir(parents=True, exist_ok=True)
    with (environment.VAR / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


async def work() -> None:
    """Rounds, until the process is told to stop."""
    with _seen_at_work():
        await _work()


async def _work() -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with assistant.new_client() as client:
        answering = asyncio.create_task(rounds(stopping, lambda: answer_due(client), ROUND))
        alerting = asyncio.create_task(rounds(stopping, alert_due, ROUND))
        tending = asyncio.create_task(rounds(stopping, tend, TEND_EVERY))
        summing_up = asyncio.create_task(rounds(stopping, sum_up, SUMMARIES_EVERY))
        counting_days = asyncio.create_task(rounds(stopping, count_days, FIGURES_EVERY))
        likening = asyncio.create_task(rounds(stopping, lambda: find_likeness(client), LIKENESS_EVERY))
        releasing = asyncio.create_task(rounds(stopping, lambda: advance(client), RELEASES_EVERY))
        sweeping = asyncio.create_task(rounds(stopping, sweep, SWEEP_EVERY))
        waiting = asyncio.create_task(stopping.wait())
        await waiting
        releasing.cancel()  # a training or a check takes longer than anybody waits for: the next worker begins it again
        await asyncio.gather(
            answering, alerting, tending, summing_up, counting_days, likening, sweeping, releasing, return_exceptions=True
        )


async def rounds(stopping: asyncio.Event, one_round: Callable[[], Awaitable[object]], every: float) -> None:
    """Rounds with so many seconds between them, until the event; one that fails is logged, and the next one tries again."""
    while not stopping.is_set():
        try:
            await one_round()
        except (DatabaseError, OSError) as error:
            logger.warning("A round of the worker failed: %s", type(error).__name__)
        except Exception as error:  # whatever one round meets, the next must come
            logger.error("A round of the worker failed: %s", type(error).__name__, exc_info=error)  # noqa: TRY400
        try:
            async with asyncio.timeout(every):
                await stopping.wait()
        except TimeoutError:
            continue


async def answer_due(client: aiohttp.ClientSession) -> int:
    """Asks the assistant for the answers that it owes; returns how many it gave."""
    given = 0
    for conversation_id in await database.read(due_conversations, timezone.now()):
        try:
            turn = await database.write(turn_claim, conversation_id)
        except services.ConversationDeleted:
            continue
        if turn is None or turn.rests:
            continue
        try:
            reply = await assistant.ask(client, turn)
        except assistant.AssistantFailed as failure:
            await database.write(turn_fail, turn, str(failure))
            continue
        given += await database.write(turn_finish, turn, reply) is not None
    return given


async def alert_due() -> int:
    """Sends the alerts and mails that are due; returns how many arrived."""
    await database.write(alerts.emergencies_tell_again, timezone.now())
    due = await database.read(alerts.alerts_due, timezone.now())
    delivered = 0
    for start in range(0, len(due), AT_ONCE):
        some = due[start : start + AT_ONCE]
        delivered += sum(await asyncio.gather(*(asyncio.to_thread(alerts.alert_deliver, alert) for alert in some)))
    for mail in await database.read(alerts.mails_due, timezone.now()):
        delivered += await asyncio.to_thread(alerts.mail_deliver, mail)
    return delivered


async def tend() -> None:
    """Tells visitors who wait too long, closes what was left, deletes what was kept long enough, and says that the worker lives."""
    now = timezone.now()
    await database.write(Heartbeat.objects.update_or_create, name="worker", defaults={"at": now})
    clinic = await database.read(the_clinic)
    for conversation_id in await database.read(selectors.waiting_too_long, now, timedelta(minutes=clinic.patience_minutes)):
        await _unless_gone(services.waiting_told, conversation_id)
    for conversation_id in await database.read(selectors.idle, now, timedelta(hours=environment.IDLE_HOURS)):
        await _unless_gone(services.conversation_close, conversation_id, StateChange.By.SYSTEM, "idle")
    for conversation_id in await database.read(selectors.kept_long_enough, now, timedelta(days=clinic.kept_days)):
        await database.write(conversation_erase, conversation_id, by=RETENTION)
    await asyncio.to_thread(_examples_erase)
    await database.write(erasures_finish)
    await database.write(_audit_tend)


def _examples_erase() -> None:
    """Takes what visitors had erased out of the examples, beside the threads that write: git may be slow."""
    try:
        examples_erase()
    except (DoesNotFit, UnreadableContent, OSError) as error:
        logger.warning("An erased example is not taken out yet: %s", type(error).__name__)


def _audit_tend() -> None:
    """Once a day, what stands in the audit log for longer than it is kept goes."""
    now = timezone.now()
    last = Heartbeat.objects.filter(name="audit").first()
    if last is None or now - last.at >= A_DAY:
        old_entries_delete(now)
        Heartbeat.objects.update_or_create(name="audit", defaults={"at": now})


async def sum_up() -> int:
    """Writes the summaries by which conversations are found at the desk, and takes deleted words out of the search index's files."""
    written = 0
    while written < SUMMARIES and (due := await database.read(summaries.summaries_due, timezone.now())):
        await database.write(summaries.summaries_write, due)
        written += len(due)
    up_to = await database.read(summaries.purge_due)
    if up_to is not None:
        first = True
        while await database.write(summaries.purge_step, first=first):
            first = False
        await database.write(summaries.purge_done, up_to)
    return written


async def count_days() -> int:
    """Counts the days anew on which something has changed; all of them after an update, or by another clock. Returns how many."""
    if await database.read(counting.basis_is_old):
        clinic = await database.read(the_clinic)
        await database.write(counting.basis_renew, clinic.time_zone, await database.read(counting.days_of_record))
    counted = 0
    for due in (await database.read(counting.days_due))[:DAYS]:
        counted += await database.write(counting.day_write, due, await database.read(counting.day_read, due))
    return counted


async def find_likeness(client: aiohttp.ClientSession) -> int:
    """Fetches vectors of messages that were not understood, and groups those that are alike; returns how many vectors."""
    encoder = await vectors.encoder_of(client)
    if encoder is None:
        return 0
    made = 0
    while made < VECTORS and (due := await database.read(misses.vectors_due, encoder, VECTORS_AT_ONCE)):
        try:
            found = await _vectors_of(client, due, encoder)
        except assistant.AssistantFailed:
            break  # they stay due
        await database.write(misses.vectors_write, encoder, found)
        made += len(found)
        await asyncio.sleep(VECTORS_PAUSE)
    if await database.read(misses.groups_due, encoder):
        moved = await database.read(misses.groups_find, encoder)
        await database.write(misses.groups_write, moved)
    return made


async def _vectors_of(client: aiohttp.ClientSession, due: dict[int, str], encoder: str) -> dict[int, list[float]]:
    """Vectors by message. A text on which the assistant fails has an empty one: it must not keep others from getting theirs.

    Raises:
        AssistantFailed: If it is not there, or has another encoder now.
    """
    try:
        answer = await vectors.vectors_of(client, list(due.values()))
    except assistant.AssistantFailed as failure:
        if str(failure) not in vectors.REFUSED:
            raise
        if len(due) == 1:
            return {pk: [] for pk in due}
        return {
            pk: vector for one, text in due.items() for pk, vector in (await _vectors_of(client, {one: text}, encoder)).items()
        }
    if answer.encoder != encoder:
        raise assistant.AssistantFailed("another_encoder")
    return dict(zip(due, answer.vectors, strict=True))


async def _unless_gone(service: Callable[..., object], *args: object) -> None:
    try:
        await database.write(service, *args)
    except (services.ConversationDeleted, services.ConversationClosed):
        return
