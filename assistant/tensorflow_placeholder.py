"""Lets Rasa run without TensorFlow, which it imports for components that this assistant does not use.

The modules of Rasa that need TensorFlow resolve to a placeholder. Whoever names one of their components in a config gets one
sentence that says what needs it and how to install it. Where TensorFlow is installed, nothing is replaced.
"""

from __future__ import annotations

import importlib.util
from collections.abc import MutableSequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

# Rasa's modules whose components can be named in config.yml, and those components with their kind in Rasa's recipe.
COMPONENTS = {
    "rasa.nlu.classifiers.diet_classifier": {"DIETClassifier": ["INTENT_CLASSIFIER", "ENTITY_EXTRACTOR"]},
    "rasa.nlu.selectors.response_selector": {"ResponseSelector": ["INTENT_CLASSIFIER"]},
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": {"ConveRTFeaturizer": ["MESSAGE_FEATURIZER"]},
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": {"LanguageModelFeaturizer": ["MESSAGE_FEATURIZER"]},
    "rasa.core.policies.ted_policy": {"TEDPolicy": ["POLICY_WITH_END_TO_END_SUPPORT"]},
    "rasa.core.policies.unexpected_intent_policy": {"UnexpecTEDIntentPolicy": ["POLICY_WITH_END_TO_END_SUPPORT"]},
}
# Rasa's modules that other code of Rasa imports names from, without using them unless one of the above runs.
INTERNALS = {"rasa.utils.tensorflow.callback", "rasa.utils.tensorflow.data_generator"}

HOW_TO_INSTALL = (
    "{name} needs TensorFlow, which this assistant does without. To use {name}, install it into the assistant's environment: "
    "`make tensorflow`."
)


def install_placeholder(meta_path: MutableSequence) -> None:
    """Puts the finder first, unless TensorFlow is there or the finder is already."""
    if importlib.util.find_spec("tensorflow") is None and not any(isinstance(f, PlaceholderFinder) for f in meta_path):
        meta_path.insert(0, PlaceholderFinder())


class PlaceholderFinder(MetaPathFinder):
    """Finds the modules that need TensorFlow, and only those."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """See parent class."""
        if name in COMPONENTS or name in INTERNALS:
            return ModuleSpec(name, PlaceholderLoader())
        return None


class PlaceholderLoader(Loader):
    """Fills such a module with placeholders of its components; any other name in it is a placeholder too."""

    def exec_module(self, module: ModuleType) -> None:
        """See parent class."""
        module.__getattr__ = _internal_placeholder  # type: ignore[method-assign]
        for name, kinds in COMPONENTS.get(module.__name__, {}).items():
            setattr(module, name, _component_placeholder(name, kinds, module.__name__))


def _internal_placeholder(name: str) -> type:
    if name.startswith("__"):
        raise AttributeError(name)
    return type(name, (), {"__doc__": f"Stands where Rasa's {name} would, which needs TensorFlow."})


def _component_placeholder(name: str, kinds: list[str], module: str) -> type:
    """A component that Rasa can register and name, and that says what is missing when Rasa validates a config with it."""
    # Imported here because Rasa is not there yet when this module is.
    from rasa.core.policies.policy import Policy
    from rasa.engine.graph import GraphComponent
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe
    from rasa.shared.exceptions import RasaException

    def required_packages() -> list[str]:
        raise RasaException(HOW_TO_INSTALL.format(name=name))

    base = Policy if kinds == ["POLICY_WITH_END_TO_END_SUPPORT"] else GraphComponent
    body = {
        "__doc__": f"Stands where Rasa's {name} would, which needs TensorFlow.",
        "__module__": module,
        "required_packages": staticmethod(required_packages),
        "create": classmethod(lambda cls, *args, **kwargs: required_packages()),
        "train": lambda self, training_data=None: required_packages(),
        "process": lambda self, messages: required_packages(),
        "process_training_data": lambda self, training_data: required_packages(),
    }
    if base is Policy:
        del body["process"], body["process_training_data"]
    placeholder = type(name, (base,), body)
    register = DefaultV1Recipe.register([DefaultV1Recipe.ComponentType[kind] for kind in kinds], is_trainable=True)
    return register(placeholder)
