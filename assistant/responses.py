"""Words an answer: which of its wordings, with the clinic's settings filled in, and the buttons under a question asked back."""

from __future__ import annotations

import copy
import re
from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from assistant.conversation import Conversation
from assistant.dialogue.concern import CONCERN_SLOT
from assistant.dialogue.plan import CHOICES_SLOT, WHICH
from assistant.settings import IN_WORDS, clinic_settings, with_emergency_numbers
from safety import Level

HANDOFF = "handoff"  # what a person who is called in must know, under `custom` in a response
# Answers that do not touch health: no button under them asks whether this is happening to the visitor.
UNMEDICAL = frozenset({"smalltalk", "handoff", "system", "safety", "cost", "practitioner"})
# Answers to questions that may as well be the visitor's own matter: "is it normal to swell", "can diabetics have it".
MAY_BE_OWN = {"side_effects": Level.URGENT, "contraindications": Level.ROUTINE}
SETTING = re.compile(r"\{(\w+)\}")


class ResponseGenerator(NaturalLanguageGenerator):
    """Chooses among the wordings that the data has for an answer, in the order in which they stand there.

    A wording that names a setting is used only where the clinic has set it, and is then preferred to wordings without. An answer that
    was the last one already is given in its next wording.
    """

    def __init__(self, endpoint_config: EndpointConfig | None, domain: Domain) -> None:
        """Takes the clinic's settings; the responses come with each call, from the model that made it."""
        self._settings = clinic_settings()
        self._take(domain.responses)

    def _take(self, responses: dict[str, list[dict[str, Any]]]) -> None:
        self._responses = responses
        self._titles = _titles(responses)

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """See parent class.

        Returns:
            The response, or None where the data has none of that name.
        """
        responses = kwargs.get("domain_responses", self._responses)
        if responses is not self._responses:
            self._take(responses)
        conversation = Conversation.of(tracker)
        settings = with_emergency_numbers({**self._settings, **conversation.settings})
        wordings = self._wordings(utter_action, settings)
        if not wordings:
            return None
        response = copy.deepcopy(wordings[_said_before(utter_action, conversation) % len(wordings)])
        response["text"] = SETTING.sub(
            lambda match: settings.get(match[1], IN_WORDS.get(match[1], match[0])), response.get("text", "")
        )
        if utter_action == f"{UTTER_PREFIX}{WHICH}":
            response["buttons"] = [self._button(key) for key in tracker.get_slot(CHOICES_SLOT) or []]
        self._add_concern(response, utter_action, tracker, conversation)
        return response

    def _add_concern(
        self, response: dict[str, Any], utter_action: str, tracker: DialogueStateTracker, conversation: Conversation
    ) -> None:
        """To an answer that calls a person in, what that person must know; to one that may be a concern, a button to say so."""
        concern = tracker.get_slot(CONCERN_SLOT) or {"level": str(Level.NONE), "reasons": [], "in_doubt": str(Level.NONE)}
        if (response.get("metadata") or {}).get("handoff"):
            message = (tracker.latest_message.text if tracker.latest_message else "") or ""
            response["custom"] = {
                HANDOFF: {
                    "level": concern["level"],
                    "reasons": concern["reasons"],
                    "message": message,
                    "earlier_messages": list(conversation.messages),
                }
            }
            return
        family = utter_action.removeprefix(UTTER_PREFIX).partition("/")[0]
        in_doubt = max(Level.named(concern["in_doubt"]), MAY_BE_OWN.get(family, Level.NONE))
        buttons = response.get("buttons") or []
        offered = any(button["payload"].startswith("/safety/") for button in buttons)
        if in_doubt is not Level.NONE and family not in UNMEDICAL and not offered:
            response["buttons"] = [*buttons, self._button(f"safety/{in_doubt}")]

    def _wordings(self, utter_action: str, settings: dict[str, str]) -> list[dict[str, Any]]:
        """The wordings that can be used: those whose settings are all known, else those that name none, else with words for numbers."""
        named = [(wording, set(SETTING.findall(wording.get("text", "")))) for wording in self._responses.get(utter_action, [])]
        filled = [wording for wording, names in named if names and names <= settings.keys()]
        return (
            filled
            or [wording for wording, names in named if not names]
            or [w for w, names in named if names <= IN_WORDS.keys()]
        )

    def _button(self, key: str) -> dict[str, str]:
        return {"title": self._titles.get(key, key), "payload": f"/{key}"}


def _said_before(utter_action: str, conversation: Conversation) -> int:
    """How many times in a row this answer has just been given."""
    times = 0
    for key in reversed(conversation.answers):
        if f"{UTTER_PREFIX}{key}" != utter_action:
            break
        times += 1
    return times


def _titles(responses: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    """What a button that leads to an answer says: the `title` in the answer's metadata."""
    return {
        name.removeprefix(UTTER_PREFIX): wording["metadata"]["title"]
        for name, wordings in responses.items()
        for wording in wordings[:1]
        if "title" in (wording.get("metadata") or {})
    }
