"""What the answers say: as the model was trained with, or in the wording that editors have given them since.

A wording comes once as the responses that differ from the model's, and is named with each message by its digest. So any process can
answer any message, and one that has just been started asks for what it does not have.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.nlu.concern_classifier import SAFETY
from assistant.refusals import RequestRefused
from safety import Level

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from rasa.core.processor import MessageProcessor

Responses = dict[str, list[dict[str, Any]]]  # of each response's name ("utter_aftercare/exercise"), its wordings

WORDING = "wording"  # key of a message's metadata under which its wording reaches what answers it
KEPT = 4  # wordings of a process: what is live, what it was before, and two that an editor looks at
DIGEST_LENGTH = 16  # characters
KEYS = {"text", "buttons", "metadata"}
# What the metadata say that something is made of, and of what kind it is; other metadata are for readers of the data.
METADATA = {"title": str, "says": list, "handoff": bool, "facts": list}


class Wording:
    """What a model's answers say; never changed once it is made, so that turns in different wordings can run side by side.

    Attributes:
        digest: What it is named by; None for the model's own.
        responses: All of the model's, in this wording.
        titles: Of each answer's key, what a button that leads to it says: the `title` in the answer's metadata.
        says: Of each answer's key, the follow-ups that it has answered already.
        choices: The keys that buttons lead to: those written under an answer, and those that a visitor can be asked to choose among.
    """

    def __init__(self, responses: Responses, digest: str | None = None) -> None:
        self.digest = digest
        self.responses = responses
        first = {name.removeprefix(UTTER_PREFIX): (said[0].get("metadata") or {}) for name, said in responses.items() if said}
        self.titles: dict[str, str] = {key: metadata["title"] for key, metadata in first.items() if "title" in metadata}
        self.says: dict[str, list[str]] = {key: metadata["says"] for key, metadata in first.items() if "says" in metadata}
        self.choices = frozenset(_choices(responses))

    @classmethod
    def of(cls, tracker: DialogueStateTracker) -> Wording | None:
        """The wording that came with the message that is being answered; None where none did, as in Rasa's own shell."""
        metadata = (tracker.latest_message.metadata if tracker.latest_message else None) or {}
        return cast("Wording | None", metadata.get(WORDING))


class Wordings:
    """Those of a model that this process has: the model's own and the last few that it was given or has used.

    Args:
        responses: The model's.
    """

    def __init__(self, responses: Responses) -> None:
        self.own = Wording(responses)
        self._given: OrderedDict[str, Wording] = OrderedDict()  # the one used last is the last

    @classmethod
    def of(cls, agent: Agent) -> Wordings:
        """Those of the model that an agent has loaded."""
        assert agent.processor is not None
        if agent.processor not in _OF_MODELS:
            _OF_MODELS[agent.processor] = cls(agent.processor.domain.responses)
        return _OF_MODELS[agent.processor]

    def find(self, digest: str | None) -> Wording:
        """The wording of that name; the model's own for None.

        Raises:
            RequestRefused: If this process does not have it.
        """
        if digest is None:
            return self.own
        if digest not in self._given:
            raise RequestRefused(409, "unknown_wording", "This process does not have that wording: give it, then ask again.")
        self._given.move_to_end(digest)
        return self._given[digest]

    def add(self, body: object) -> Wording:
        """Takes a wording.

        Args:
            body: The request's JSON: the `responses` that differ from the model's.

        Raises:
            RequestRefused: If something in it cannot be said; the sentence names the response.
        """
        changed = _changed(body, self.own.responses)
        digest = digest_of(changed)
        if digest not in self._given:
            self._given[digest] = Wording({**self.own.responses, **changed}, digest)
        self._given.move_to_end(digest)
        while len(self._given) > KEPT:
            self._given.popitem(last=False)
        return self._given[digest]


# One for each model that is loaded, gone with it.
_OF_MODELS: WeakKeyDictionary[MessageProcessor, Wordings] = WeakKeyDictionary()


def digest_of(responses: Responses) -> str:
    """What a wording is named by: the first characters of the SHA-256 of its JSON, which everybody writes alike.

    Raises:
        RequestRefused: If it cannot be written as UTF-8.
    """
    written = json.dumps(responses, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        return hashlib.sha256(written.encode()).hexdigest()[:DIGEST_LENGTH]
    except UnicodeEncodeError as error:
        raise RequestRefused(400, "invalid_wording", "The responses hold half of a character.") from error


def _choices(responses: Responses) -> set[str]:
    keys = {f"{SAFETY}{level}" for level in Level if level is not Level.NONE}  # "this is happening to me"
    for name, wordings in responses.items():
        for wording in wordings:
            keys.update(button["payload"].lstrip("/") for button in wording.get("buttons") or [])
            if "title" in (wording.get("metadata") or {}):
                keys.add(name.removeprefix(UTTER_PREFIX))
    return keys


def _changed(body: object, own: Responses) -> Responses:
    if not isinstance(body, dict) or body.keys() != {"responses"} or not isinstance(body["responses"], dict):
        raise RequestRefused(400, "invalid_field", "A wording has responses, an object, and nothing else.")
    responses: dict[str, Any] = body["responses"]
    for name, wordings in responses.items():
        problem = _problem(name, wordings, own)
        if problem:
            raise RequestRefused(400, "invalid_wording", f"{name} {problem}.")
    return responses


def _problem(name: str, wordings: object, own: Responses) -> str | None:
    """What is wrong with a response, as the end of a sentence that begins with its name; None where nothing is."""
    if name not in own:
        return "is no response of the model"
    if not isinstance(wordings, list) or not wordings:
        return "has no wording"
    for wording in wordings:
        if not isinstance(wording, dict):
            return "has a wording that is no object"
        unknown = sorted(wording.keys() - KEYS)
        if unknown:
            return f"has {', '.join(unknown)}; a wording has {', '.join(sorted(KEYS))}"
        if not _is_text(wording.get("text")):
            return "has a wording without a text"
        problem = _problem_of_buttons(wording.get("buttons"), own) or _problem_of_metadata(wording.get("metadata"))
        if problem:
            return problem
    return None


def _problem_of_buttons(buttons: object, own: Responses) -> str | None:
    if buttons is None:
        return None
    if not isinstance(buttons, list):
        return "has buttons that are no list"
    for button in buttons:
        if not isinstance(button, dict) or button.keys() != {"title", "payload"} or not all(map(_is_text, button.values())):
            return "has a button that is not a title and a payload"
        if f"{UTTER_PREFIX}{button['payload'].lstrip('/')}" not in own:
            return f"has a button that leads to {button['payload']}, where there is no answer"
    return None


def _problem_of_metadata(metadata: object) -> str | None:
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        return "has metadata that are no object"
    for key, kind in METADATA.items():
        if key in metadata and not isinstance(metadata[key], kind):
            return f"has metadata in which {key} is no {kind.__name__}"
    if "title" in metadata and not _is_text(metadata["title"]):
        return "has an empty title"
    return None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
