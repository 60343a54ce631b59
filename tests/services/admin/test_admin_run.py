"""``serve_admin`` in a process of its own: it says when it is up, answers, and ends in order."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from adplat.bootstrap import read_settings
from adplat.domain import ConfigRejected, PortTaken
from adplat.flows.service_process import unused_ports
from services.admin.run import serve_admin
from tests.services.admin.admins import Admin
from tests.services.asked_by_schema import serving

_SERVE = """
import sys
from adplat.bootstrap import read_settings
from services.admin.run import serve_admin
said = lambda line: print(line, flush=True)
serve_admin(read_settings(workspace=sys.argv[1], admin_port=int(sys.argv[2])), ready=said, told=said)
"""


def test_it_says_when_it_is_up_and_that_nobody_can_sign_in_yet_and_ends_when_asked(tmp_path: Path) -> None:
    [port] = unused_ports(1)
    command = [sys.executable, "-c", _SERVE, str(tmp_path / "ws"), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("no admin can sign in yet")
        assert line.endswith(f"'adplat user add NAME --role admin --workspace {tmp_path / 'ws'}'\n")
        assert process.stdout.readline().strip() == f"http://127.0.0.1:{port}"
        told = httpx.get(f"http://127.0.0.1:{port}/v1/health")
        assert told.json()["status"] == "ok" and "server" not in told.headers
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_taken_port_and_an_address_that_is_none_are_told(admin: Admin, tmp_path: Path) -> None:
    with serving(admin.app) as address:
        port = int(address.rpartition(":")[2])
        with pytest.raises(PortTaken):
            serve_admin(read_settings(workspace=tmp_path / "other", admin_port=port))
    for url in ("ads.example.com", "ftp://ads.example.com", "https://ads.example.com/admin"):
        with pytest.raises(ConfigRejected, match="no address of a site"):
            serve_admin(read_settings(workspace=tmp_path / "other", admin_url=url))


def test_wrong_settings_are_told_before_anything_is_opened(tmp_path: Path) -> None:
    for wrong, line in (
        ({"oidc_issuer": "not-a-url"}, "is no issuer"),
        ({"oidc_issuer": "https://id.example"}, "does not know who asks"),
        ({"redis_url": "http://nowhere"}, "of no known kind"),
    ):
        with pytest.raises(ConfigRejected, match=line):
            serve_admin(read_settings(workspace=tmp_path / "new", admin_port=unused_ports(1)[0], **wrong))
        assert not (tmp_path / "new").exists()


def test_behind_https_the_cookie_is_for_this_host_and_https_alone(admin: Admin) -> None:
    from fastapi.testclient import TestClient

    from services.admin.app import admin_app
    from tests.services.admin.admins import WORDS, opened

    with TestClient(admin_app(lambda: opened(admin.settings), secure=True), base_url="https://admin") as client:
        told = client.post("/v1/session", json={"user_id": "mei", "password": WORDS})
        assert (
            told.headers["set-cookie"].startswith("__Host-adplat=") and "secure" in told.headers["set-cookie"].lower()
        )
        assert "max-age" in told.headers["strict-transport-security"]
        assert client.get("/v1/session").status_code == 200
