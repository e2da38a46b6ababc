"""Which methods there are, and how the others are refused."""

from __future__ import annotations

import httpx
import pytest

from frontdesk.conftest import Served, Visitor

PATHS = {
    "/chat/config": ["GET"],
    "/chat/conversations": ["POST"],
    "/chat/messages": ["GET", "POST"],
    "/chat/typing": ["POST"],
    "/chat/contact": ["POST"],
    "/chat/feedback": ["POST"],
    "/chat/end": ["POST"],
    "/chat/conversation": ["DELETE"],
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
ELSEWHERE = ["/chat", "/chat/", "/chat/nothing", "/chat/config/", "/chat/messages/1", "/webhooks/frontdesk/messages", "/model"]
REFUSED = [(method, path) for path, taken in PATHS.items() for method in METHODS if method not in taken]


@pytest.mark.parametrize(("method", "path"), REFUSED)
async def test_another_method_is_refused_with_those_that_there_are(visitor: Visitor, method: str, path: str) -> None:
    refused = await visitor.client.request(method, path, headers=visitor.headers)

    assert (refused.status_code, refused.json()["error"]["code"]) == (405, "method_not_allowed")
    assert refused.headers["Allow"] == ", ".join(PATHS[path])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_event_stream_takes_no_other_method(served: Served, method: str) -> None:
    refused = httpx.request(method, f"{served.address}/chat/events")

    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]


@pytest.mark.parametrize("path", ELSEWHERE)
async def test_there_is_nothing_elsewhere(stranger: Visitor, path: str) -> None:
    missing = await stranger.client.get(path)

    assert missing.status_code == 404
    assert path not in missing.content.decode()


async def test_an_unknown_path_of_the_api_is_refused_in_json(stranger: Visitor) -> None:
    assert (await stranger.client.get("/chat/nothing")).headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health_is_only_read(stranger: Visitor, path: str) -> None:
    assert (await stranger.client.post(path)).status_code == 405
