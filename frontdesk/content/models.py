"""Who changed what; what was built of it, checked, approved and given to visitors. The questions and answers themselves are files."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from frontdesk.conversations.models import Message

USER = settings.AUTH_USER_MODEL


class Change(models.Model):
    """Something that an editor did to questions and answers, in one go. What they do is in the files; this is how it is taken back."""

    class Kind(models.TextChoices):
        """What it was, in the words in which it is listed."""

        EXAMPLES_ADDED = "examples_added", "Examples added"
        EXAMPLE_CHANGED = "example_changed", "Example changed"
        EXAMPLES_DELETED = "examples_deleted", "Examples deleted"
        EXAMPLES_MOVED = "examples_moved", "Examples moved"
        ANSWER_CHANGED = "answer_changed", "Answer changed"
        QUESTION_ADDED = "question_added", "Question added"
        QUESTION_DELETED = "question_deleted", "Question deleted"
        QUESTION_MOVED = "question_moved", "Question moved"
        IMPORTED = "imported", "Spreadsheet imported"
        SUGGESTION = "suggestion", "Visitors' words accepted"
        UNDONE = "undone", "Undone"
        TAKEN_BACK = "taken_back", "Earlier release taken as draft"
        ERASED = "erased", "Erased with a conversation"

    at = models.DateTimeField()
    user = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=150)  # of the editor, as they were called then
    kind = models.CharField(max_length=20, choices=Kind)
    operations = models.JSONField()  # see `operations.py`
    # While False, the machine may have died before all files were written: then the rest is done first (`changes_finish`).
    written = models.BooleanField(default=False)
    undoes = models.OneToOneField("self", models.SET_NULL, null=True, related_name="undone_by")
    commit = models.CharField(max_length=40, blank=True, default="")  # in git; empty where there is none
    commit_problem = models.CharField(max_length=200, blank=True, default="")  # why there is none

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=["written"], name="changes_to_finish", condition=models.Q(written=False)),)

    def __str__(self) -> str:
        return f"{self.kind} by {self.name}"


class Build(models.Model):
    """What the files said at a moment, kept, and the model that is trained of it."""

    class State(models.TextChoices):
        """How far it is."""

        DUE = "due", "waits to be trained"
        TRAINING = "training", "is being trained"
        READY = "ready", "trained"
        FAILED = "failed", "could not be trained"

    digest = models.CharField(primary_key=True, max_length=16)  # of the files: those that say the same are one build
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    model = models.CharField(max_length=100, blank=True, default="")  # file name in `models/`
    seconds = models.FloatField(default=0.0)  # that its training took
    problem = models.TextField(blank=True, default="")  # why it could not be trained

    def __str__(self) -> str:
        return self.digest


class Process(models.Model):
    """An assistant that is to run on this machine; the supervisor starts and ends them as they stand here."""

    port = models.PositiveIntegerField(unique=True)
    model = models.CharField(max_length=100)  # file name in `models/`; empty for the newest one
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)  # from when on nobody needs it any more; None: what is live runs on

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def __str__(self) -> str:
        return f"{self.model} at {self.port}"


class Release(models.Model):
    """What visitors get, or are to get."""

    class State(models.TextChoices):
        """How far it is."""

        CHECKING = "checking", "being checked"
        CHECKED = "checked", "checked"
        STOPPED = "stopped", "stopped by its checks"
        GOING_LIVE = "going_live", "going live"
        LIVE = "live", "live"
        REPLACED = "replaced", "was live"
        WITHDRAWN = "withdrawn", "withdrawn"

    number = models.PositiveIntegerField(unique=True)
    build = models.ForeignKey(Build, models.PROTECT, related_name="releases")  # what it says
    # Whose model reads messages: the build's own, or of an earlier one from which it differs in wording alone.
    read_by = models.ForeignKey(Build, models.PROTECT, related_name="+")
    responses = models.JSONField(default=dict)  # answers that are worded otherwise than in that model
    wording = models.CharField(max_length=16, blank=True, default="")  # digest of these; empty where there are none
    state = models.CharField(max_length=10, choices=State, default=State.CHECKING)
    why = models.CharField(max_length=300, blank=True, default="")
    user = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")  # who asked for it
    name = models.CharField(max_length=150)  # as they were called then
    at = models.DateTimeField()
    follows = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")  # what was live when it was made
    goes_back_to = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    up_to = models.PositiveBigIntegerField(default=0)  # the last change that is in it
    medical = models.BooleanField(default=False)  # whether a clinician must approve it
    progress = models.JSONField(default=dict)  # {"step", "done", "of", "message"}
    report = models.JSONField(default=dict)  # of the checks, see `checks.py`
    checked_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    approved_name = models.CharField(max_length=150, blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    live_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-number",)

    @property
    def is_wording_alone(self) -> bool:
        """Whether nothing had to be trained for it."""
        return self.build_id != self.read_by_id

    @property
    def is_open(self) -> bool:
        """Whether it may still go live."""
        return self.state in (self.State.CHECKING, self.State.CHECKED, self.State.GOING_LIVE)

    def __str__(self) -> str:
        return f"release {self.number}"


class Live(models.Model):
    """The one row that says what visitors get: each turn looks here."""

    release = models.ForeignKey(Release, models.PROTECT)
    address = models.CharField(max_length=100)  # of the assistant that answers
    wording = models.CharField(max_length=16, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.release} at {self.address}"


class Trial(models.Model):
    """Somebody tries the draft: it is kept built and running for a while."""

    asked_at = models.DateTimeField()  # last
    build = models.ForeignKey(Build, models.CASCADE)

    def __str__(self) -> str:
        return f"trial of {self.build_id}"


class Suggestion(models.Model):
    """What editors made of a visitor's message: each is looked at once. The words stay the message's, and go with it."""

    class Decision(models.TextChoices):
        """What was decided."""

        ACCEPTED = "accepted", "accepted as an example"
        OUT_OF_SCOPE = "out_of_scope", "is nothing that we answer"
        DISMISSED = "dismissed", "left out"

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="suggestion")
    decision = models.CharField(max_length=20, choices=Decision)
    key = models.CharField(max_length=100, blank=True, default="")  # the question under which it is an example now
    example = models.CharField(max_length=500, blank=True, default="")  # as it stands there
    change = models.ForeignKey(Change, models.SET_NULL, null=True)
    user = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.decision}: {self.message_id}"
