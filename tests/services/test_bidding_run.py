"""What refuses to start, and what ends with it; the whole service runs in tests/e2e."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import BundleRejected, Caller, ConfigRejected, MissingInput, PortTaken, WorkspaceBusy
from adplat.flows.manage_keys import create_caller
from adplat.snapshots import KeyFile
from services.bidding.ray_local import ray_environment
from services.bidding.run import serve_bidding
from services.hosting.own_processes import descendants, end_descendants, end_leftovers
from services.hosting.ports import free_ports, require_free_port
from services.hosting.required_keys import require_keys
from services.hosting.run_folder import run_folder
from tests.flows.small_shop import Shop


@pytest.fixture
def taken() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    yield listener  # type: ignore[misc]
    listener.close()


def test_a_port_in_use_is_told_before_anything_starts(shop: Shop, taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    before = descendants()
    with pytest.raises(PortTaken, match=f"port {port}"):
        serve_bidding(bootstrap.read_settings(workspace=shop.workspace, http_port=port))
    assert descendants() == before
    assert not (shop.workspace / "valkey").exists()
    assert not run_folder(shop.workspace).exists()


def test_the_port_of_grpc_is_looked_at_too(shop: Shop, taken: socket.socket) -> None:
    port, free = taken.getsockname()[1], free_ports()[0]
    before = descendants()
    with pytest.raises(PortTaken, match=f"port {port}"):
        serve_bidding(bootstrap.read_settings(workspace=shop.workspace, http_port=free, grpc_port=port))
    with pytest.raises(ConfigRejected, match="given twice") as twice:
        serve_bidding(bootstrap.read_settings(workspace=shop.workspace, http_port=free, grpc_port=free))
    assert twice.value.where == "ADPLAT_GRPC_PORT"
    assert descendants() == before
    with pytest.raises(ConfigRejected, match="grpc_port"):
        bootstrap.read_settings(grpc_port=70_000)


def test_nothing_published_is_told_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="nothing is published"):
        serve_bidding(bootstrap.read_settings(workspace=tmp_path / "ws"))
    assert not (tmp_path / "ws").exists()


def test_a_bundle_that_is_not_whole_is_told_before_anything_starts(shop: Shop) -> None:
    before = descendants()
    with pytest.raises(BundleRejected, match="manifest"):
        serve_bidding(bootstrap.read_settings(workspace=shop.workspace, http_port=free_ports()[0]))
    assert descendants() == before


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ({"notice_secrets": "short"}, "ADPLAT_NOTICE_SECRETS"),
        ({"notice_secrets": "0123456789abcdef,short"}, "ADPLAT_NOTICE_SECRETS"),
        ({"public_url": "ads.example"}, "ADPLAT_PUBLIC_URL"),
    ],
)
def test_notices_that_nobody_could_use_are_told_before_anything_starts(
    shop: Shop, told: dict[str, str], where: str
) -> None:
    settings = bootstrap.read_settings(workspace=shop.workspace, http_port=free_ports()[0], **told)
    before = descendants()
    with pytest.raises(ConfigRejected) as refused:
        serve_bidding(settings)
    assert refused.value.where == where
    assert descendants() == before


def test_a_service_that_all_the_network_could_use_is_not_started(shop: Shop) -> None:
    before = descendants()
    settings = bootstrap.read_settings(workspace=shop.workspace, http_host="192.0.2.1", http_port=free_ports()[0])
    with pytest.raises(ConfigRejected, match="open to the whole network") as refused:
        require_keys(settings, lambda _: None)
    assert "adplat key create" in refused.value.hint
    said: list[str] = []
    for changes in ({"keys": "never"}, {"http_host": "::1"}, {"http_host": "localhost"}, {"keys": "always"}):
        require_keys(settings.model_copy(update=changes), said.append)
    assert [line.partition(":")[0] for line in said] == [
        "ADPLAT_KEYS=never",
        "no API key exists",
        "no API key exists",
        "no API key exists and ADPLAT_KEYS=always",
    ]
    assert descendants() == before


def test_with_a_key_the_network_may_come_and_what_was_lost_is_published_again(shop: Shop) -> None:
    settings = bootstrap.read_settings(workspace=shop.workspace, http_host="192.0.2.1")
    with bootstrap.opened_keys(settings) as parts:
        made = create_caller(parts, Caller("seller"))
    (shop.workspace / "keys.json").unlink()
    said: list[str] = []
    with bootstrap.opened_keys(settings):  # somebody changes keys, and is waited for

        def wait() -> None:
            require_keys(settings, said.append)

        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.6)
        assert waiting.is_alive()
    waiting.join(10)
    assert said == []
    book = KeyFile(shop.workspace).read()
    assert book is not None and [key.key_id for key in book.keys] == [made.key.key_id]


def test_one_service_a_workspace(shop: Shop) -> None:
    settings: Settings = bootstrap.read_settings(workspace=shop.workspace)
    with bootstrap.lock_workspace(settings, "serve"), pytest.raises(WorkspaceBusy):
        serve_bidding(settings)


def test_an_address_that_is_not_ours_is_refused() -> None:
    for host in ("203.0.113.7", "no such host"):
        with pytest.raises(ConfigRejected, match="no address of this machine") as refused:
            require_free_port(host, 8470)
        assert refused.value.where == "ADPLAT_HTTP_HOST"


def test_the_ports_of_the_service_are_all_different_and_free(tmp_path: Path) -> None:
    told = ray_environment(tmp_path, bootstrap.read_settings())
    ports = [int(value) for name, value in told.items() if name.endswith("_PORT") and "MAX" not in name]
    assert len(set(ports)) == len(ports) == 6
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("", free_ports()[2]))
        listener.listen()
        assert listener.getsockname()[1] not in free_ports()


def test_the_limits_of_the_door_reach_haproxy(tmp_path: Path) -> None:
    settings = bootstrap.read_settings(requests_at_once=7, wait_at_door_ms=3)
    lines = ray_environment(tmp_path, settings)["RAY_SERVE_HAPROXY_BALANCE_ALGORITHM"]
    assert [line.strip() for line in lines.split("\n")][:3] == [
        "leastconn",
        "default-server maxconn 7",
        "timeout queue 3ms",
    ]


def test_profiles_are_named_settings_that_variables_and_options_go_before(monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = bootstrap.read_settings()
    assert bootstrap.read_settings(**bootstrap.profile_settings("laptop")) == defaults
    cluster = bootstrap.read_settings(**bootstrap.profile_settings("cluster"))
    assert (cluster.replicas, cluster.replica_cpus, cluster.serve_ray_address) == (4, 1.0, "auto")
    assert (cluster.keys, cluster.http_host) == ("always", "0.0.0.0")  # noqa: S104  # of the profile
    monkeypatch.setenv("ADPLAT_REPLICAS", "7")
    monkeypatch.setenv("ADPLAT_SERVE_RAY_ADDRESS", "head:6379")
    outside = bootstrap.read_settings(**bootstrap.profile_settings("cluster"))
    assert (outside.replicas, outside.serve_ray_address) == (7, "head:6379")
    option = bootstrap.read_settings(**(bootstrap.profile_settings("cluster") | {"replicas": 2}))
    assert option.replicas == 2


def test_an_unknown_profile_or_setting_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("mainframe", "", "../ctr/frappe"):
        with pytest.raises(ConfigRejected, match="no profile") as refused:
            bootstrap.profile_settings(name)
        assert (refused.value.where, refused.value.hint) == ("--profile", "profiles are cluster, laptop")
    (tmp_path / "serve").mkdir()
    (tmp_path / "serve" / "mine.yaml").write_text("replicsa: 3")
    monkeypatch.setattr("adplat.data.configs_folder", lambda: tmp_path)
    with pytest.raises(ConfigRejected, match="unknown setting 'replicsa'"):
        bootstrap.profile_settings("mine")


def test_replicas_elsewhere_need_a_redis_that_they_reach(shop: Shop) -> None:
    settings = bootstrap.read_settings(
        workspace=shop.workspace,
        http_port=free_ports()[0],
        **bootstrap.profile_settings("cluster") | {"http_host": None},
    )
    before = descendants()
    with pytest.raises(ConfigRejected, match="cannot reach the embedded Valkey") as refused:
        serve_bidding(settings)
    assert refused.value.where == "ADPLAT_REDIS_URL"
    assert descendants() == before


def test_spans_that_nobody_could_send_are_told_before_anything_starts(shop: Shop) -> None:
    before = descendants()
    settings = bootstrap.read_settings(workspace=shop.workspace, http_port=free_ports()[0], otlp_endpoint="collector")
    with pytest.raises(ConfigRejected, match="takes no spans"):
        serve_bidding(settings)
    assert descendants() == before


def test_the_folder_of_ray_is_short_private_and_the_same_every_time(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100) / "workspace"
    folder = run_folder(deep)
    assert folder == run_folder(deep)
    assert folder != run_folder(tmp_path)
    assert len(str(folder)) < 40


def test_leftovers_are_known_by_their_folder_and_nothing_else_is_touched(tmp_path: Path) -> None:
    sleeper = "import time; time.sleep(60)"
    ours = subprocess.Popen([sys.executable, "-c", sleeper, f"{tmp_path}/h/haproxy.cfg"])
    other = subprocess.Popen([sys.executable, "-c", sleeper, f"{tmp_path}x/h/haproxy.cfg"])
    try:
        assert len(end_leftovers(tmp_path)) == 1
        ours.wait(10)
        assert not psutil.pid_exists(ours.pid)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_descendants_end_with_their_children_but_those_that_were_there(tmp_path: Path) -> None:
    sleeper = "import time; time.sleep(60)"
    nest = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {sleeper!r}]); {sleeper}"
    kept = subprocess.Popen([sys.executable, "-c", sleeper])
    not_ours = descendants()
    mine = subprocess.Popen([sys.executable, "-c", nest])
    try:
        while len(psutil.Process(mine.pid).children()) < 1:
            os.sched_yield()
        grandchild = psutil.Process(mine.pid).children()[0]
        assert len(end_descendants(not_ours)) == 2
        mine.wait(10)
        assert not grandchild.is_running()
        assert kept.poll() is None
    finally:
        kept.kill()
        kept.wait()
