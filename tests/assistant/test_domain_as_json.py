"""A model's domain comes back as it was, without YAML."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain

from assistant.domain_as_json import DomainAsJson


class _Importer:
    """Of which the domain alone is asked."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain

    def get_domain(self) -> Domain:
        return self._domain


@pytest.fixture
def domain() -> Domain:
    return Domain.from_dict(
        {
            "intents": ["cost"],
            "responses": {
                "utter_cost/price": [
                    {
                        "text": 'Ask: "us" – née 12:30\nyes',
                        "buttons": [{"title": "Yes", "payload": "/cost/price"}],
                        "metadata": {"says": ["why"]},
                    },
                    {"text": "no"},
                ]
            },
            "slots": {"choices": {"type": "any", "mappings": [{"type": "custom"}]}},
        }
    )


def test_it_comes_back_as_it_was(tmp_path: Path, domain: Domain) -> None:
    storage, resource = LocalModelStorage(tmp_path), Resource("domain")
    context = ExecutionContext(GraphSchema({}))

    DomainAsJson.create({}, storage, resource, context).provide_train(_Importer(domain))  # type: ignore[arg-type]
    back = DomainAsJson.load({}, storage, resource, context).provide_inference()

    assert back.responses == domain.responses
    assert back.as_dict() == domain.as_dict()
    assert back.fingerprint() == domain.fingerprint()
