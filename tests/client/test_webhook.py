"""A webhook goes out to the open internet, to the machine that was looked at, and nowhere else."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adplat.client import HookRules, post_webhook
from adplat.client import webhook as module
from adplat.domain import ConfigRejected, NotTaken
from tests.services.admin.outside import a_certificate, a_web_server

LOCAL = HookRules(local=True)
NEAR = [
    "127.0.0.1", "127.8.8.8", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
    "2001:db8::1", "fec0::1", "64:ff9b:1::1", "::127.0.0.1", "5f00::1", "192.0.0.8",
]  # fmt: skip


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Every name has these addresses; the names that were asked for."""
    asked: list[str] = []

    def found(host: str, port: int, **_told: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(module.socket, "getaddrinfo", found)
    return asked


@pytest.fixture
def nobody_connects(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    tried: list[Any] = []

    def connect(address: Any, *_told: Any) -> Any:
        tried.append(address)
        raise OSError("not in a test")

    monkeypatch.setattr(module.socket, "create_connection", connect)
    yield tried


@pytest.mark.parametrize("address", NEAR)
def test_a_name_that_leads_near_is_refused_before_anything_is_sent(
    address: str, monkeypatch: pytest.MonkeyPatch, nobody_connects: list[Any]
) -> None:
    resolving(monkeypatch, address)
    with pytest.raises(ConfigRejected, match="open internet"):
        post_webhook(HookRules(), "https://hook.example/", b"{}", {})
    resolving(monkeypatch, "93.184.215.14", address)
    with pytest.raises(ConfigRejected, match="open internet"):
        post_webhook(HookRules(), "https://hook.example/", b"{}", {})
    assert nobody_connects == []


def test_the_connection_goes_to_the_address_that_was_looked_at(
    monkeypatch: pytest.MonkeyPatch, nobody_connects: list[Any]
) -> None:
    asked = resolving(monkeypatch, "93.184.215.14")
    with pytest.raises(NotTaken, match="not in a test"):
        post_webhook(HookRules(), "https://hook.example:8443/", b"{}", {})
    assert (asked, nobody_connects) == (["hook.example"], [("93.184.215.14", 8443)])


def test_without_tls_nothing_goes_out(monkeypatch: pytest.MonkeyPatch, nobody_connects: list[Any]) -> None:
    resolving(monkeypatch, "93.184.215.14")
    with pytest.raises(ConfigRejected, match="without TLS"):
        post_webhook(LOCAL, "http://hook.example/", b"{}", {})
    assert nobody_connects == []


def test_a_server_on_this_machine_gets_it_where_that_is_allowed_and_is_held_to_its_certificate(tmp_path: Path) -> None:
    certificate = a_certificate(tmp_path)
    with a_web_server(certificate, "/hook?room=tea") as hook:
        with pytest.raises(ConfigRejected, match="open internet"):
            post_webhook(HookRules(ca_file=str(certificate)), hook.address, b"{}", {})
        with pytest.raises(NotTaken, match="certificate"):
            post_webhook(LOCAL, hook.address, b"{}", {})
        assert post_webhook(HookRules(local=True, ca_file=str(certificate)), hook.address, b"{}", {"x-one": "1"}) == 200
        [(path, headers, body)] = hook.posts
        assert (path, headers["x-one"], body) == ("/hook?room=tea", "1", b"{}")


@pytest.mark.parametrize(
    ("status", "kind"), [(500, NotTaken), (429, NotTaken), (404, ConfigRejected), (307, ConfigRejected)]
)
def test_what_may_be_taken_later_and_what_never(status: int, kind: type[Exception]) -> None:
    with a_web_server() as hook:
        hook.statuses = [status]
        with pytest.raises(kind):
            post_webhook(LOCAL, hook.address, b"{}", {})
        assert len(hook.posts) == 1


def test_a_server_that_sends_a_letter_now_and_then_is_not_waited_for_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as slow:
        port = slow.getsockname()[1]
        begun = time.monotonic()
        with pytest.raises(NotTaken):
            post_webhook(HookRules(local=True, timeout_s=5.0, longest_s=0.3), f"http://127.0.0.1:{port}/", b"{}", {})
        assert time.monotonic() - begun < 3.0
