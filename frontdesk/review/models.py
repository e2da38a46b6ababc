"""What reviewing adds to the record, and the summaries by which conversations are found: one narrow row for each."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from frontdesk.conversations.models import Conversation, Message

USER = settings.AUTH_USER_MODEL
LEVELS = Conversation.Concern.values  # by their rank: none, routine, urgent, emergency
SURE = 100  # the lowest confidence, in percent, of a conversation in which nothing had to be understood
# What a list is filtered by. It stands behind each order in its index: a filter is decided there, without a look at the rows.
FILTERED = (
    "level", "state", "outcome", "staff", "language", "helpful", "unhelpful", "not_understood", "lowest_confidence",
    "reviewed", "corrected", "flagged",
)  # fmt: skip


class Summary(models.Model):
    """A conversation in a list. Written by the worker when a conversation has changed, and by whoever tags, marks or corrects."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="summary")
    started_at = models.DateTimeField()
    last_activity_at = models.DateTimeField()
    level = models.PositiveSmallIntegerField()  # its place in LEVELS
    state = models.CharField(max_length=10)
    outcome = models.CharField(max_length=20, blank=True)
    staff = models.ForeignKey(USER, models.SET_NULL, null=True, db_index=False)  # who has it, or had it last
    language = models.CharField(max_length=10)  # of the chat's words, without a region
    helpful = models.BooleanField()  # a thumb up was given
    unhelpful = models.BooleanField()
    not_understood = models.BooleanField()
    lowest_confidence = models.PositiveSmallIntegerField()  # percent
    reviewed = models.BooleanField(default=False)
    corrected = models.BooleanField(default=False)
    flagged = models.BooleanField(default=False)
    asked = models.PositiveSmallIntegerField()  # visitor's messages
    position = models.PositiveIntegerField()  # up to which the words of the conversation can be searched
    excerpt = models.CharField(max_length=160, blank=True)  # what was asked first, without personal details
    questions = models.JSONField(default=list)  # keys, in the order in which they came

    class Meta:
        indexes = (
            models.Index(fields=["-last_activity_at", "-id", *FILTERED], name="summaries_by_activity"),
            models.Index(fields=["-started_at", "-id", *FILTERED], name="summaries_by_beginning"),
            models.Index(fields=["-level", "-last_activity_at", "-id", *FILTERED[1:]], name="summaries_by_level"),
        )

    @property
    def concern(self) -> str:
        """The level's name."""
        return LEVELS[self.level]

    def __str__(self) -> str:
        return f"summary of {self.conversation_id}"


class SummaryKey(models.Model):
    """What a conversation is found by that it can have several of: a topic, a question, a tag."""

    summary = models.ForeignKey(Summary, models.CASCADE, related_name="keys", db_index=False)
    key = models.CharField(max_length=100)  # `aftercare`, `aftercare/makeup`, `#<id of the tag>`

    class Meta:
        constraints = (models.UniqueConstraint(fields=["key", "summary"], name="one_summary_of_a_key"),)
        indexes = (models.Index(fields=["summary", "key"], name="keys_of_a_summary"),)

    def __str__(self) -> str:
        return self.key


class Tag(models.Model):
    """A word that staff sort conversations by."""

    name = models.CharField(max_length=40, unique=True)

    class Meta:
        ordering = ("name",)

    @property
    def key(self) -> str:
        """By which summaries know it."""
        return f"#{self.pk}"

    def __str__(self) -> str:
        return self.name


class ConversationTag(models.Model):
    """A tag on a conversation."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="tags")
    tag = models.ForeignKey(Tag, models.CASCADE)
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["conversation", "tag"], name="a_tag_once_on_a_conversation"),)

    def __str__(self) -> str:
        return f"{self.tag} on {self.conversation_id}"


class Reviewed(models.Model):
    """Somebody has read the conversation up to a position; what is said afterwards is not reviewed."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="reviewed")
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    at = models.DateTimeField()
    position = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.conversation_id} reviewed up to {self.position}"


class Flag(models.Model):
    """Somebody wants colleagues to look at the conversation."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="flag")
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"flag on {self.conversation_id}"


class Correction(models.Model):
    """What should have been made of a visitor's message. Editors get it, and accept or refuse it. The words stay in the record."""

    class Kind(models.TextChoices):
        """What was wrong."""

        QUESTION = "question", "It asks something else"
        OUT_OF_SCOPE = "out_of_scope", "It is nothing that we answer"
        SHOULD_HAND_OVER = "should_hand_over", "A person should have been called"
        SHOULD_NOT_HAND_OVER = "should_not_hand_over", "No person was needed"

    class State(models.TextChoices):
        """What editors say."""

        OPEN = "open", "with the editors"
        ACCEPTED = "accepted", "accepted"
        REFUSED = "refused", "refused"

    message = models.ForeignKey(Message, models.CASCADE, related_name="corrections")
    kind = models.CharField(max_length=20, choices=Kind)
    key = models.CharField(max_length=100, blank=True)  # the right question
    understood = models.CharField(max_length=100, blank=True)  # the question that was understood, by the model of that day
    user = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=["at"], name="open_corrections", condition=models.Q(state="open")),)

    @property
    def says_misread(self) -> bool:
        """Whether the message was taken for something that it does not ask; unless the editors see it otherwise."""
        return self.kind in (self.Kind.QUESTION, self.Kind.OUT_OF_SCOPE) and self.state != self.State.REFUSED

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.message_id}"


class SavedFilter(models.Model):
    """A list that somebody wants to see again: the filter as it stands in the address, without the words sought."""

    owner = models.ForeignKey(USER, models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    shared = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=["owner", "name"], name="one_filter_of_a_name"),)

    def __str__(self) -> str:
        return self.name


class Purge(models.Model):
    """Words were taken out of the search index, whose files still hold them until it is merged. Written by a trigger."""

    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"purge of {self.at}"


def level_of(name: str) -> int:
    """A level's place in the order of seriousness."""
    return LEVELS.index(name)
