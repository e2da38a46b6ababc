"""Keeps the domain of a model as JSON: Rasa keeps YAML, and reads that twice at each start, which is a quarter of it."""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain

FILE = "domain.json"


class DomainAsJson(DomainProvider):
    """Rasa's provider of the domain, but for the file: what is in it was looked through when it was trained."""

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> DomainAsJson:
        """See parent class."""
        with model_storage.read_from(resource) as folder:
            domain = Domain.from_dict(json.loads((folder / FILE).read_text(encoding="utf-8")))
        return cls(model_storage, resource, domain)

    def _persist(self, domain: Domain) -> None:
        with self._model_storage.write_to(self._resource) as folder:
            (folder / FILE).write_text(json.dumps(domain.as_dict(), ensure_ascii=False), encoding="utf-8")
