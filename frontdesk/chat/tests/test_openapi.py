"""The running front desk keeps to `openapi.yml`: schemathesis makes requests of it, right ones and wrong ones, and reads the answers."""

from __future__ import annotations

import re
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, assume, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks

from frontdesk import environment
from frontdesk.chat.routes import routes
from frontdesk.conftest import Served, Settings

FILE = environment.ROOT / "frontdesk/chat/openapi.yml"
EXAMPLES = 12  # of each operation, besides the examples and the limits of every field: all in half a minute
# What is looked at in each answer. Left out are those that ask for something the file does not promise, such as 406.
CHECKED = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.ignored_auth,
]
# The event stream does not end: it is tried in test_events.py.
schema = schemathesis.openapi.from_path(FILE).exclude(path="/chat/events")
# Besides those that schemathesis knows: what is too long is 413.
schema.config.checks.negative_data_rejection.expected_statuses = [
    "400",
    "401",
    "403",
    "404",
    "405",
    "409",
    "410",
    "413",
    "415",
    "422",
]


@pytest.fixture(autouse=True)
def no_limits(environment_with: Settings) -> None:
    """As many requests as it takes."""
    environment_with(MESSAGES_A_MINUTE=10**9, MESSAGES_A_MINUTE_FROM_ADDRESS=10**9, CONVERSATIONS_AN_HOUR_FROM_ADDRESS=10**9)


@pytest.fixture
def begun(served: Served) -> dict[str, Any]:
    """A conversation, whose token the requests have."""
    return served.begins()


def _is_secured(case: Any) -> bool:
    return bool(case.operation.definition.raw.get("security"))


def _has_wrong_headers(case: Any) -> bool:
    headers = case.meta.components.get(ParameterLocation.HEADER) if case.meta else None
    return headers is not None and headers.mode.is_negative


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_keeps_to_what_is_written(case: Any, served: Served, begun: dict[str, Any]) -> None:
    assume((case.query or {}).get("language") != "")  # see below
    headers = begun["headers"] if _is_secured(case) else {}

    # A request made wrong by its headers is mended by the token that we give it.
    mended = [checks.negative_data_rejection] if headers and _has_wrong_headers(case) else []
    case.call_and_validate(base_url=served.address, headers=headers, checks=CHECKED, excluded_checks=mended)


def test_the_file_is_valid_openapi() -> None:
    schema.validate()


def test_the_file_says_that_it_is_openapi_3_1() -> None:
    assert yaml.safe_load(FILE.read_text(encoding="utf-8"))["openapi"].startswith("3.1")


def test_every_path_that_is_served_is_written_down() -> None:
    written = set(yaml.safe_load(FILE.read_text(encoding="utf-8"))["paths"])

    assert {one.path for one in routes[:-1]} | {"/healthz", "/readyz"} == written  # the last is all other paths


def test_every_example_is_what_its_schema_says() -> None:
    schemas = yaml.safe_load(FILE.read_text(encoding="utf-8"))["components"]["schemas"]

    tried = [(name, example) for name, one in schemas.items() for example in one.get("examples", [])]

    assert tried
    assert [each for each in tried if not jsonschema_rs.is_valid(schemas[each[0]], each[1])] == []


def test_an_empty_language_is_refused(served: Served) -> None:
    assert httpx.get(f"{served.address}/chat/config?language=").status_code == 400


def _given() -> set[str]:
    """The name of every error that the code gives."""
    folders = [environment.ROOT / "frontdesk" / name for name in ("chat", "conversations")]
    code = "".join(file.read_text(encoding="utf-8") for folder in folders for file in folder.glob("*.py"))
    return set(re.findall(r'Refused\(\s*\d+, "(\w+)"', code)) | set(re.findall(r'InvalidContact\("(\w+)"\)', code))


def test_the_names_of_errors_are_found_in_the_code() -> None:
    assert {"busy", "invalid_token", "too_long", "invalid_phone"} <= _given()


@pytest.mark.parametrize("name", sorted(_given()))
def test_every_error_is_written_down(name: str) -> None:
    assert f"`{name}`" in FILE.read_text(encoding="utf-8")
