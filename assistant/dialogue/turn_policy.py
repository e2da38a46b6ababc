"""Tells Rasa what to utter in a turn that takes more than one rule: several questions, a follow-up, two readings, a miss."""

from __future__ import annotations

from typing import Any

from rasa.core.constants import POLICY_PRIORITY
from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.conversation import Conversation
from assistant.dialogue.concern import CONCERN_SLOT, ConcernThresholds
from assistant.dialogue.plan import CHOICES_SLOT, Plan, Thresholds, plan_turn
from assistant.nlu.one_vs_rest_intent_classifier import QUESTION_RANKING
from assistant.wording import Wording


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class TurnPolicy(Policy):
    """Utters the answers of the turn's plan one after the other, then listens.

    It has nothing to learn, and is the only policy: the plan looks at one message and its context, never at the turns before.
    """

    @staticmethod
    def supported_data() -> SupportedData:
        """See parent class."""
        return SupportedData.ML_AND_RULE_DATA

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See parent class."""
        return {POLICY_PRIORITY: 7, "answer": 0.3, "ask": 0.2, "close": 0.9, "part": 0.3, "concern": {}}

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> None:
        """See parent class."""
        super().__init__(config, model_storage, resource, execution_context)
        self._thresholds = Thresholds(
            config["answer"], config["ask"], config["close"], config["part"], ConcernThresholds(**config["concern"])
        )
        self._own: Wording | None = None  # read from the domain of the first message: a model has only one

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Nothing to train; see parent class."""
        with self._model_storage.write_to(self._resource):
            return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TurnPolicy:
        """See parent class."""
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """See parent class."""
        probabilities = self._default_predictions(domain)
        events = []
        message, uttered = _current_turn(tracker)
        if message is not None:
            plan = self._plan(message, tracker, domain)
            pending = [key for key in plan.answers if f"{UTTER_PREFIX}{key}" not in uttered]
            action = f"{UTTER_PREFIX}{pending[0]}" if pending else ACTION_LISTEN_NAME
            if action in domain.action_names_or_texts:
                probabilities[domain.index_for_action(action)] = 1.0
            if pending:
                events.append(SlotSet(CONCERN_SLOT, plan.concern.as_json() if plan.concern else None))
            if plan.choices and pending:
                events.append(SlotSet(CHOICES_SLOT, list(plan.choices)))
        return self._prediction(probabilities, optional_events=events)

    def _plan(self, message: UserUttered, tracker: DialogueStateTracker, domain: Domain) -> Plan:
        if QUESTION_RANKING not in message.parse_data:  # a story's bare intent, in `rasa test core`
            return Plan((str(message.intent_name),))
        if self._own is None:
            self._own = Wording(domain.responses)
        wording = Wording.of(tracker) or self._own
        return plan_turn(message.parse_data, Conversation.of(tracker), self._thresholds, wording.says)


def _current_turn(tracker: DialogueStateTracker) -> tuple[UserUttered | None, list[str | None]]:
    """The visitor's newest message, if the bot has read one, and the actions since."""
    uttered: list[str | None] = []
    for event in reversed(tracker.applied_events()):
        if isinstance(event, UserUttered):
            return event, uttered
        if isinstance(event, ActionExecuted):
            uttered.append(event.action_name)
    return None, uttered
