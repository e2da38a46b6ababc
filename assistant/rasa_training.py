"""Trains with Rasa's engine, in this process: the graph that `rasa train` runs, without what that does for projects of every kind.

Nothing of a training is kept in Rasa's cache (the components leave to the next training what is of use, see `LastTraining`), the data
are read once, and the model is packed quickly.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

import rasa.engine.validation
from rasa.engine.constants import PLACEHOLDER_IMPORTER
from rasa.engine.graph import ExecutionContext, GraphModelConfiguration
from rasa.engine.recipes.recipe import Recipe
from rasa.engine.storage.local_model_storage import (
    MODEL_ARCHIVE_COMPONENTS_DIR,
    MODEL_ARCHIVE_METADATA_FILE,
    LocalModelStorage,
)
from rasa.engine.storage.storage import ModelMetadata
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain
from rasa.shared.data import TrainingType
from rasa.shared.importers.importer import ResponsesSyncImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import dump_obj_as_json_to_file

from assistant.domain_as_json import DomainAsJson
from assistant.graph_runner import InOrderGraphRunner
from assistant.importer import InvalidData, TopicImporter
from assistant.nlu.last_training import LastTraining

# Of gzip: none. The quickest level takes a second here, and as long at each start, for a fifth less: a model is mostly numbers.
PACKING = 0


def train(config: Path, domain: Path, data: Path, model: Path, scratch: Path, last: LastTraining) -> None:
    """Trains a model.

    Args:
        config: The pipeline and the policies.
        domain: The domain without what the data add to it.
        data: The folder of the data.
        model: Where the model is written.
        scratch: An empty folder.
        last: What the last training left, and this one leaves.

    Raises:
        RasaException: If the data or the configuration cannot be used.
    """
    importer = _Importer(TopicImporter(str(config), str(domain), [str(data)], own_data=data))
    configuration = Recipe.recipe_for_name(importer.get_config()["recipe"]).graph_config_for_recipe(
        importer.get_config(), {}, training_type=TrainingType.BOTH
    )
    if not importer.get_nlu_data().intent_examples:
        raise InvalidData(f"There is no example in {data}.")
    rasa.engine.validation.validate(configuration)
    for schema in (configuration.train_schema, configuration.predict_schema):
        for node in schema.nodes.values():
            if node.uses is DomainProvider:
                node.uses = DomainAsJson
    components = scratch / MODEL_ARCHIVE_COMPONENTS_DIR
    components.mkdir()
    storage = _Storage(components, last)
    runner = InOrderGraphRunner.create(
        configuration.train_schema, storage, ExecutionContext(graph_schema=configuration.train_schema)
    )
    runner.run(inputs={PLACEHOLDER_IMPORTER: importer})
    storage.create_model_package(model, configuration, importer.get_domain())


class _Importer(ResponsesSyncImporter):
    """The project's importer, and in the domain what follows from the examples. The examples are not copied again and again."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """See parent class; every response is in the data already."""
        return self._importer.get_nlu_data()  # read once: Rasa asks now with a language, now without


class _Storage(LocalModelStorage):
    """Rasa's, which packs quickly and says what the last training left."""

    def __init__(self, folder: Path, last: LastTraining) -> None:
        """See class."""
        super().__init__(folder)
        self.last_training = last

    def create_model_package(
        self, model_archive_path: str | Path, model_configuration: GraphModelConfiguration, domain: Domain
    ) -> ModelMetadata:
        """See parent class."""
        metadata: ModelMetadata = self._create_model_metadata(domain, model_configuration)
        with tarfile.open(model_archive_path, "w:gz", compresslevel=PACKING) as archive:
            archive.add(self._storage_path, MODEL_ARCHIVE_COMPONENTS_DIR)
            # Beside the components, not among them.
            described = Path(model_archive_path).with_suffix(".json")
            dump_obj_as_json_to_file(described, metadata.as_dict())
            archive.add(described, MODEL_ARCHIVE_METADATA_FILE)
        return metadata
