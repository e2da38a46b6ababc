"""What the internet can reach: the front desk, for the sites that embed it; nothing of the assistant. And when it says that it is ready."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import httpx
import pytest

from tests.faults.desks import Desk, NewDesk
from tests.stack import Stack, until

SITE = "https://www.clinic.example"
RASA = [
    ("PUT", "/model"), ("DELETE", "/model"), ("POST", "/model/parse"), ("POST", "/model/train"), ("POST", "/model/test/stories"),
    ("GET", "/version"), ("GET", "/status"), ("GET", "/domain"), ("POST", "/conversations/c/messages"),
    ("GET", "/conversations/c/tracker"), ("POST", "/conversations/c/execute"), ("POST", "/conversations/c/trigger_intent"),
    ("POST", "/webhooks/rest/webhook"), ("GET", "/webhooks/rest/"), ("POST", "/webhooks/frontdesk/messages"),
    ("GET", "/webhooks/frontdesk/health"), ("GET", "/socket.io/"), ("POST", "/webhook"),
]  # fmt: skip


@pytest.mark.fault(6)
@pytest.mark.parametrize(("method", "path"), RASA)
def test_no_route_of_rasas_is_reachable_through_the_front_desk(stack: Stack, method: str, path: str) -> None:
    response = httpx.request(method, stack.address + path, json={} if method != "GET" else None, verify=False, trust_env=False)

    assert response.status_code == 404


@pytest.mark.fault(6)
@pytest.mark.parametrize(("method", "path"), [route for route in RASA if not route[1].startswith("/webhooks/frontdesk")])
def test_no_route_of_rasas_answers_even_who_has_the_key(stack: Stack, method: str, path: str) -> None:
    key = {"Authorization": f"Bearer {stack.key}"}

    response = httpx.request(method, stack.assistant_address + path, headers=key, verify=False, trust_env=False)

    assert response.status_code == 404


@pytest.mark.fault(6)
def test_the_assistant_refuses_who_has_not_the_key(stack: Stack) -> None:
    response = httpx.put(
        f"{stack.assistant_address}/model", json={"model_file": "another.tar.gz"}, verify=False, trust_env=False
    )

    assert response.status_code == 401


@pytest.mark.fault(6)
@pytest.mark.parametrize("part", ["front desk", "assistant"])
def test_every_part_listens_on_loopback_only(stack: Stack, part: str) -> None:
    port = stack.port if part == "front desk" else stack.assistant_port
    sockets = (Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()).splitlines()

    addresses = {line.split()[1] for line in sockets if re.match(rf"\s*\d+: \w+:{port:04X} \w+:0000 0A ", line)}

    assert addresses == {f"0100007F:{port:04X}"}


@pytest.fixture(scope="module")
def embedded(make_desk: NewDesk) -> Desk:
    """A front desk whose chat one site may embed."""
    desk = make_desk(FRONTDESK_ORIGINS=SITE)
    desk.serve()
    return desk


@pytest.mark.fault(19)
def test_the_site_that_may_embed_the_chat_is_served_under_its_own_name(embedded: Desk) -> None:
    response = embedded.visitor(Origin=SITE).client.get("/chat/config")

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == SITE
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.fault(19)
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example", "null", "*", "", "http://www.clinic.example", "https://clinic.example", "https://www.clinic.example:444",
        "https://www.clinic.example.evil.example", "https://evilwww.clinic.example", "https://www.clinic.example/",
        "HTTPS://WWW.CLINIC.EXAMPLE", "https://www.clinic.example, https://evil.example",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_every_other_site_is_refused(embedded: Desk, origin: str, method: str) -> None:
    visitor = embedded.visitor(Origin=origin)

    response = visitor.client.request(method, "/chat/config", headers={"Access-Control-Request-Method": "GET"})

    assert (response.status_code, response.json()["error"]["code"]) == (403, "origin_not_allowed")
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.fault(20)
def test_it_is_not_ready_until_the_assistant_answers(new_desk: NewDesk) -> None:
    desk = new_desk()
    desk.serve()

    before = httpx.get(f"{desk.address}/readyz", verify=False, trust_env=False)
    desk.assistant.start().works()
    after = httpx.get(f"{desk.address}/readyz", verify=False, trust_env=False)

    assert (before.status_code, before.json()) == (503, {"ready": False, "parts": {"database": True, "assistant": False}})
    assert (after.status_code, after.json()) == (200, {"ready": True, "parts": {"database": True, "assistant": True}})


@pytest.mark.fault(20)
def test_without_a_database_at_its_start_it_is_alive_not_ready_and_refuses(new_desk: NewDesk, tmp_path: Path) -> None:
    desk = new_desk(FRONTDESK_DATABASE=str(tmp_path / "not there/frontdesk.sqlite3"))
    desk.assistant.start().works()

    desk.serve()  # which waits until it is alive
    ready = httpx.get(f"{desk.address}/readyz", verify=False, trust_env=False)
    refused = desk.visitor().client.get("/chat/config")

    assert (ready.status_code, ready.json()["parts"]["database"]) == (503, False)
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")


@pytest.mark.fault(20)
def test_a_database_that_comes_later_is_used_without_a_new_start(new_desk: NewDesk, prepared: Path, tmp_path: Path) -> None:
    desk = new_desk(FRONTDESK_DATABASE=str(tmp_path / "later/frontdesk.sqlite3"))
    desk.assistant.start().works()
    desk.serve()
    httpx.get(f"{desk.address}/readyz", verify=False, trust_env=False)

    desk.database.parent.mkdir()
    shutil.copy(prepared, desk.database)

    until(desk.is_ready, "it is ready")
    assert desk.visitor().begins().says("can i wear makeup after")["messages"]
