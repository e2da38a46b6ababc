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
from assistant.wording import Responses, Wording
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
        """Takes the clinic's settings; what to say comes with each call: the message's wording, else the responses of the model."""
        self._settings = clinic_settings()
        self._own = Wording(domain.responses)

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """See parent class.

        Returns:
            The response, or None where the data has none of that name.
        """
        own = self._of_model(kwargs.get("domain_responses", self._own.responses))
        wording = Wording.of(tracker) or own
        conversation = Conversation.of(tracker)
        settings = with_emergency_numbers({**self._settings, **conversation.settings})
        # An answer that editors have tied to settings which are not known is said as the model has it.
        wordings = _usable(wording, utter_action, settings) or _usable(own, utter_action, settings)
        if not wordings:
            return None
        response = copy.deepcopy(wordings[_said_before(utter_action, conversation) % len(wordings)])
        response["text"] = SETTING.sub(
            lambda match: settings.get(match[1], IN_WORDS.get(match[1], match[0])), response.get("text", "")
        )
        if utter_action == f"{UTTER_PREFIX}{WHICH}":
            response["buttons"] = [_button(key, wording) for key in tracker.get_slot(CHOICES_SLOT) or []]
        _add_concern(response, utter_action, tracker, conversation, wording)
        return response

    def _of_model(self, responses: Responses) -> Wording:
        if responses is not self._own.responses:
            self._own = Wording(responses)
        return self._own


def _add_concern(
    response: dict[str, Any], utter_action: str, tracker: DialogueStateTracker, conversation: Conversation, wording: Wording
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
        response["buttons"] = [*buttons, _button(f"safety/{in_doubt}", wording)]


def _usable(wording: Wording, utter_action: str, settings: dict[str, str]) -> list[dict[str, Any]]:
    """The responses that can be used: those whose settings are all known, else those that name none, else with words for numbers."""
    named = [(said, set(SETTING.findall(said.get("text", "")))) for said in wording.responses.get(utter_action, [])]
    filled = [said for said, names in named if names and names <= settings.keys()]
    return filled or [said for said, names in named if not names] or [said for said, names in named if names <= IN_WORDS.keys()]


def _button(key: str, wording: Wording) -> dict[str, str]:
    return {"title": wording.titles.get(key, key), "payload": f"/{key}"}


def _said_before(utter_action: str, conversation: Conversation) -> int:
    """How many times in a row this answer has just been given."""
    times = 0
    for key in reversed(conversation.answers):
        if f"{UTTER_PREFIX}{key}" != utter_action:
            break
        times += 1
    return times
