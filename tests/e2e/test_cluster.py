"""The cluster's way in: a Ray that we did not start takes ``serveConfigV2`` of the manifest, as KubeRay hands it over.

Real are Ray with its switches from the ConfigMap, HAProxy, PostgreSQL, Valkey and the secrets as files. Other than on a
cluster are the ports, one machine in place of many, and one replica in place of two.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import psutil
import pytest
import yaml

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.client import GrpcBiddingClient
from adplat.domain import Caller, Permission
from adplat.flows.manage_keys import create_caller
from adplat.storage import EmbeddedValkey
from services.bidding.ray_local import ray_environment
from services.hosting.own_processes import end_leftovers
from tests.e2e.real_workspace import a_real_workspace
from tests.e2e.running_service import free_port, wait_for
from tests.real_postgres import a_postgres

KUBERAY = Path(__file__).parents[2] / "infra" / "kuberay"
SCRIPTS = Path(sys.executable).parent


@contextmanager
def a_foreign_ray(environment: dict[str, str], folder: Path, log: Path) -> Iterator[str]:
    """``ray start`` as KubeRay runs it in a pod; gives the address of its dashboard, and ends all that it started."""
    dashboard = free_port()
    command = [str(SCRIPTS / "ray"), "start", "--head", "--block", "--num-cpus=1", f"--temp-dir={folder}"]
    command += ["--object-store-memory=100663296", f"--port={free_port()}", f"--dashboard-port={dashboard}"]
    command += [f"--dashboard-agent-listen-port={free_port()}", f"--ray-client-server-port={free_port()}"]
    with log.open("wb") as out:
        started = subprocess.Popen(command, stdout=out, stderr=out, env=environment, start_new_session=True)
    process = psutil.Process(started.pid)
    try:
        yield f"http://127.0.0.1:{dashboard}"
    finally:
        everybody = [*process.children(recursive=True), process]
        started.terminate()
        _, alive = psutil.wait_procs(everybody, timeout=3)
        for left in alive:
            left.kill()
        started.wait()
        end_leftovers(folder.parent / "h")  # an HAProxy that was reloaded is nobody's child any more


@pytest.fixture
def short_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="adp-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _while_nobody_writes(file: Path) -> str:
    """Ray empties the file and writes it again whenever its targets change, holding this lock."""
    with file.with_name(f"{file.name}.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        return file.read_text()


def config_of(settings: Settings) -> str:
    """The manifest's ``serveConfigV2`` with this machine's ports and one replica."""
    text = yaml.safe_load((KUBERAY / "rayservice.yaml").read_text())["spec"]["serveConfigV2"]
    told = yaml.safe_load(text)
    told["http_options"]["port"], told["grpc_options"]["port"] = settings.http_port, settings.grpc_port
    told["applications"][0]["deployments"][0]["autoscaling_config"]["min_replicas"] = 1
    return yaml.safe_dump(told)


def live_creative(settings: Settings) -> str:
    with closing(bootstrap.open_database(settings)) as database:
        return bootstrap.open_catalogue(database).live_catalogue().creatives[0].creative_id


def test_a_ray_of_somebody_else_serves_the_manifest_on_both_doors(short_folder: Path, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    with a_postgres(short_folder / "pg") as postgres, EmbeddedValkey(short_folder / "valkey") as valkey:
        (secrets / "adplat_database_url").write_text(f"{postgres.get_uri()}\n")
        (secrets / "adplat_redis_url").write_text(f"{valkey.url}\n")
        ports = {"http_port": free_port(), "grpc_port": free_port()}
        stores = {"database_url": postgres.get_uri(), "redis_url": valkey.url}
        bootstrap.upgrade_database(bootstrap.read_settings(**stores))
        settings = a_real_workspace(tmp_path, **stores, **ports).settings
        with bootstrap.opened_keys(settings) as parts:
            creative = live_creative(settings)
            key = create_caller(parts, Caller("exchange-1", permissions=frozenset({Permission.SCORE}))).secret

        told = yaml.safe_load((KUBERAY / "config.yaml").read_text())["data"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("ADPLAT_", "RAY_"))}
        environment |= ray_environment(short_folder, settings) | told
        environment |= {"ADPLAT_WORKSPACE": str(settings.workspace), "ADPLAT_SECRETS_FOLDER": str(secrets)}
        environment["ADPLAT_LOG_FILE"] = str(tmp_path / "adplat.jsonl")
        environment["PYTHONPATH"] = str(KUBERAY.parents[1])
        (short_folder / "token").write_text("0" * 64)
        config = tmp_path / "serve.yaml"
        config.write_text(config_of(settings))
        url = f"http://127.0.0.1:{settings.http_port}"

        def answers() -> bool:
            try:
                return httpx.get(f"{url}/v1/health", timeout=2).status_code == 200
            except httpx.HTTPError:
                return False

        with a_foreign_ray(environment, short_folder / "ray", tmp_path / "ray.log") as dashboard:

            def deployed() -> bool:
                command = [str(SCRIPTS / "serve"), "deploy", str(config), "--address", dashboard]
                return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0

            wait_for(deployed, 90)
            wait_for(answers, 120)
            body = {"placement": "feed_300x250", "candidates": [creative]}
            assert httpx.post(f"{url}/v1/score", json=body).status_code == 401
            asked = httpx.post(f"{url}/v1/score", json=body, headers={"authorization": f"Bearer {key}"})
            assert asked.status_code == 200, asked.text
            with GrpcBiddingClient(f"127.0.0.1:{settings.grpc_port}", api_key=key) as bidding:
                scores = bidding.score(placement="feed_300x250", creative_ids=[creative])
            assert list(scores.p_ctr) == pytest.approx(asked.json()["p_ctr"])
            written = [_while_nobody_writes(file) for file in (short_folder / "h").rglob("haproxy.cfg")]
            assert written
            for text in written:
                assert "default-server maxconn 20\n" in text
