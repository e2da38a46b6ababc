"""Nothing is sent into the clinic's own network, whatever name or number it hides behind."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest

from frontdesk.clinic import webhooks
from frontdesk.conftest import Settings

PRIVATE = [
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "192.0.2.1",
    "::", "fc00::1", "fe80::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:a00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"]
LOOPBACK = ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Which numbers a name stands for."""
    known: dict[str, list[str]] = {}

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        if host not in known:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in known[host]]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


def _code(address: str) -> str:
    with pytest.raises(webhooks.AddressRefused) as refused:
        webhooks.resolve(address)
    return refused.value.code


@pytest.mark.parametrize("number", PRIVATE)
def test_a_name_of_a_private_number_is_refused(names: dict[str, list[str]], number: str) -> None:
    names["inside.example"] = [number]

    assert _code("https://inside.example/hook") == "webhook_private"


@pytest.mark.parametrize("number", PRIVATE)
def test_one_private_number_among_public_ones_is_enough(names: dict[str, list[str]], number: str) -> None:
    names["both.example"] = ["8.8.8.8", number]

    assert _code("https://both.example/hook") == "webhook_private"


@pytest.mark.parametrize("number", PUBLIC)
def test_a_public_number_may_be_reached(names: dict[str, list[str]], number: str) -> None:
    names["hooks.example"] = [number]

    assert str(webhooks.resolve("https://hooks.example/hook")) == number


@pytest.mark.parametrize("number", LOOPBACK)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_this_machine_may_be_reached_in_a_demonstration_only(
    names: dict[str, list[str]], environment_with: Settings, number: str, scheme: str
) -> None:
    names["here.example"] = [number]
    environment_with(DEMO=True)
    assert webhooks.resolve(f"{scheme}://here.example/").is_loopback

    environment_with(DEMO=False)

    assert _code(f"{scheme}://here.example/") == "webhook_private"


@pytest.mark.parametrize(
    "address", ["https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/", "https://[::ffff:7f00:1]/"]
)
def test_this_machine_in_other_spellings_is_this_machine(environment_with: Settings, address: str) -> None:
    environment_with(DEMO=False)

    assert _code(address) in ("webhook_private", "webhook_unknown", "webhook_address")


def test_a_name_that_is_not_known_is_refused(names: dict[str, list[str]]) -> None:
    assert _code("https://nowhere.example/") == "webhook_unknown"


def test_it_goes_to_the_number_that_was_checked_under_the_name_that_was_given(
    names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names["hooks.example"] = ["8.8.8.8"]
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        names["hooks.example"] = ["10.0.0.1"]  # whoever owns the name points it elsewhere meanwhile
        return httpx.Response(200)

    client = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **options: client(transport=httpx.MockTransport(answer), **options))

    webhooks.post("https://hooks.example:8443/services/T0?x=1", {"text": "hello"})

    [request] = sent
    assert str(request.url) == "https://8.8.8.8:8443/services/T0?x=1"
    assert request.headers["Host"] == "hooks.example:8443"
    assert request.extensions["sni_hostname"] == "hooks.example"


def test_a_number_of_version_six_is_written_as_addresses_are(
    names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names["six.example"] = ["2606:4700::1111"]
    sent: list[str] = []
    client = httpx.Client
    transport = httpx.MockTransport(lambda request: sent.append(str(request.url)) or httpx.Response(200))  # type: ignore[func-returns-value]
    monkeypatch.setattr(httpx, "Client", lambda **options: client(transport=transport, **options))

    webhooks.post("https://six.example/hook", {})

    assert sent == ["https://[2606:4700::1111]/hook"]
