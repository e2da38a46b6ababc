"""The record's tables. Whatever happens in a conversation takes the next position in it: messages and moves are one numbered row."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models


def new_conversation_id() -> str:
    """128 bits that nobody guesses."""
    return secrets.token_hex(16)


class Conversation(models.Model):
    """One visitor's chat, from consent to its end."""

    class State(models.TextChoices):
        """Who answers."""

        BOT = "bot"
        WAITING = "waiting"
        STAFF = "staff"
        CLOSED = "closed"

    class Concern(models.TextChoices):
        """How serious it has been so far; as `safety.Level`."""

        NONE = "none"
        ROUTINE = "routine"
        URGENT = "urgent"
        EMERGENCY = "emergency"

    id = models.CharField(primary_key=True, max_length=32, default=new_conversation_id, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.BOT)
    concern = models.CharField(max_length=10, choices=Concern, default=Concern.NONE)
    language = models.CharField(max_length=35, default="en")  # of the chat's own words
    origin = models.CharField(max_length=200, blank=True)  # the site it was begun on
    consent_version = models.CharField(max_length=40)
    consent_text = models.TextField()  # as it was shown
    started_at = models.DateTimeField()
    last_activity_at = models.DateTimeField(db_index=True)
    waiting_since = models.DateTimeField(null=True)
    told_to_wait_at = models.DateTimeField(null=True)  # when it was said that it takes longer
    closed_at = models.DateTimeField(null=True)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="conversations")
    outcome = models.CharField(max_length=20, blank=True, default="")  # what staff closed it with; see `Outcome`
    last_position = models.PositiveIntegerField(default=0)
    context = models.JSONField(default=dict)  # what the assistant must be told with the next message
    # Who answers a message now: a mark that runs out, so that the place of a process that died is taken.
    turn = models.CharField(max_length=32, blank=True, default="")
    turn_until = models.DateTimeField(null=True)
    # Something has changed that lists of conversations show: the worker writes the summary anew, a moment later.
    summary_due = models.BooleanField(default=True)

    class Meta:
        indexes = (
            models.Index(fields=["state", "waiting_since"], name="by_state"),
            models.Index(fields=["-last_activity_at"], name="by_activity"),
            models.Index(fields=["last_activity_at"], name="summaries_due", condition=models.Q(summary_due=True)),
        )

    def __str__(self) -> str:
        return f"conversation {self.pk}"


class Outcome(models.TextChoices):
    """What came of a conversation that staff had."""

    ANSWERED = "answered", "Answered"
    APPOINTMENT = "appointment", "Appointment made"
    SENT_ON = "sent_on", "Sent to a doctor or the emergency services"
    CALL_BACK = "call_back", "To be called back"
    NO_REPLY = "no_reply", "The visitor no longer replied"
    NOT_FOR_US = "not_for_us", "Not for us"


class Message(models.Model):
    """One thing said."""

    class Sender(models.TextChoices):
        """Who said it."""

        VISITOR = "visitor"
        BOT = "bot"
        STAFF = "staff"
        SYSTEM = "system"

    class Answer(models.TextChoices):
        """What becomes of a visitor's message."""

        DUE = "due"  # the assistant has still to answer
        GIVEN = "given"
        STAFF = "staff"  # a person answers
        NONE = "none"  # not a visitor's message

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    position = models.PositiveIntegerField()
    sender = models.CharField(max_length=10, choices=Sender)
    text = models.TextField()
    sent_at = models.DateTimeField()
    # Of a visitor's message.
    client_id = models.UUIDField(null=True)
    choice = models.CharField(max_length=100, blank=True, default="")
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.NONE)
    flags = models.JSONField(default=dict)  # what the safety rules say of it: `level` and `reasons`; empty where nothing
    tries = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(null=True)  # when the assistant is asked again
    # Of what was said to it.
    reply_to = models.ForeignKey("self", models.CASCADE, null=True, related_name="replies")
    choices = models.JSONField(default=list)
    answers = models.JSONField(default=list)
    form = models.CharField(max_length=20, blank=True, default="")
    emergency = models.BooleanField(default=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    author_name = models.CharField(max_length=60, blank=True, default="")  # as the visitor read it then
    author_role = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["conversation", "position"], name="one_message_at_a_position"),
            models.UniqueConstraint(fields=["conversation", "client_id"], name="one_message_of_a_client_id"),
        )
        indexes = (models.Index(fields=["try_at"], name="due_messages", condition=models.Q(answer="due")),)

    def __str__(self) -> str:
        return f"{self.sender} {self.position} of {self.conversation_id}"


class Understanding(models.Model):
    """What was made of a visitor's message, and how long it took."""

    message = models.OneToOneField(Message, models.CASCADE)
    intent = models.CharField(max_length=100, blank=True)
    confidence = models.FloatField(default=0.0)
    ranking = models.JSONField(default=list)
    answers = models.JSONField(default=list)
    concern = models.CharField(max_length=10, choices=Conversation.Concern, default=Conversation.Concern.NONE)
    reasons = models.JSONField(default=list)
    language = models.CharField(max_length=35, blank=True)
    model = models.CharField(max_length=100, blank=True)
    release = models.PositiveIntegerField(default=0)  # whose answer the visitor got; 0 where there was none
    failure = models.CharField(max_length=40, blank=True)  # why the assistant did not answer at first
    understanding_ms = models.FloatField(default=0.0)
    answering_ms = models.FloatField(default=0.0)
    turn_ms = models.FloatField(default=0.0)  # from its arrival to the commit of the answer

    def __str__(self) -> str:
        return f"understanding of {self.message_id}"


class StateChange(models.Model):
    """A move of a conversation: who moved it, and why."""

    class By(models.TextChoices):
        """Who moves conversations."""

        VISITOR = "visitor"
        BOT = "bot"
        STAFF = "staff"
        SYSTEM = "system"

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="changes")
    position = models.PositiveIntegerField()
    before = models.CharField(max_length=10, choices=Conversation.State)
    after = models.CharField(max_length=10, choices=Conversation.State)
    concern = models.CharField(max_length=10, choices=Conversation.Concern)  # from here on
    by = models.CharField(max_length=10, choices=By)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    why = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=["conversation", "position"], name="one_change_at_a_position"),)

    def __str__(self) -> str:
        return f"{self.before} to {self.after}: {self.why}"


class HandOff(models.Model):
    """A person is needed: why, how urgently, and who looked."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="handoffs")
    message = models.ForeignKey(Message, models.CASCADE, null=True)
    level = models.CharField(max_length=10, choices=Conversation.Concern)
    why = models.CharField(max_length=40)  # asked, concern, language, assistant_failed …
    reasons = models.JSONField(default=list)
    at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    told_again_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["at"], name="unopened_handoffs", condition=models.Q(opened_at=None)),)

    def __str__(self) -> str:
        return f"hand-off, {self.level}: {self.why}"


class Alert(models.Model):
    """One telling of a hand-off to one recipient, until it is delivered. Kept without a visitor's word."""

    handoff = models.ForeignKey(HandOff, models.CASCADE, related_name="alerts")
    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=500)
    again = models.BooleanField(default=False)  # because nobody opened it
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(null=True)  # None: delivered
    delivered_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes = (models.Index(fields=["try_at"], name="due_alerts", condition=models.Q(delivered_at=None)),)

    def __str__(self) -> str:
        return f"{self.channel} alert of {self.handoff_id}"


class ContactDetails(models.Model):
    """How a visitor can be reached; encrypted, see `contact.py`."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="contacts")
    sealed = models.BinaryField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"contact details of {self.conversation_id}"


class Feedback(models.Model):
    """A visitor's thumb for one answer."""

    message = models.OneToOneField(Message, models.CASCADE)
    helpful = models.BooleanField()
    comment = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{'helpful' if self.helpful else 'not helpful'}: {self.message_id}"


class Note(models.Model):
    """What staff write for each other; visitors never see it."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    author_name = models.CharField(max_length=60)
    position = models.PositiveIntegerField()  # after what it was written
    text = models.TextField(max_length=2000)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at",)

    def __str__(self) -> str:
        return f"note in {self.conversation_id}"


class CannedReply(models.Model):
    """What staff say often."""

    title = models.CharField(max_length=80)
    text = models.TextField(max_length=2000)

    class Meta:
        ordering = ("title",)
        verbose_name_plural = "canned replies"

    def __str__(self) -> str:
        return self.title


class AnswerMail(models.Model):
    """A reply by staff on its way to a visitor who has left and gave an e-mail address."""

    message = models.OneToOneField(Message, models.CASCADE)
    tries = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(null=True)  # None: delivered
    delivered_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"mail of {self.message_id}"
