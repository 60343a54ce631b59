"""The generation service as ``adplat serve generation`` runs it: Ray Serve over HTTP, jobs beside it, all ended."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]  # it ships no types

from adplat import bootstrap
from services.hosting.run_folder import run_folder
from tests.e2e.running_service import free_port, wait_for
from tests.services.generation.drafters import a_body, with_campaign

SERVE = """
import sys
from adplat.bootstrap import Settings
from services.generation.run import serve_generation
settings = Settings.model_validate_json(sys.argv[1])
say = lambda line: print(line, flush=True)
serve_generation(settings, ready=lambda url: say(f"ready {url}"), told=say)
"""


def test_an_order_is_drafted_approved_and_nothing_is_left_behind(tmp_path: Path) -> None:
    settings = with_campaign(bootstrap.read_settings(workspace=tmp_path / "ws", generation_port=free_port()))
    log = tmp_path / "log"
    with log.open("wb") as out:
        command = [sys.executable, "-c", SERVE, settings.model_dump_json()]
        service = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_for(lambda: "ready http" in log.read_text() or service.poll() is not None, 120)
        assert "ready http" in log.read_text(), log.read_text()
        with httpx.Client(base_url=f"http://127.0.0.1:{settings.generation_port}", timeout=60.0) as client:
            assert client.get("/v1/health").json()["status"] == "ok"
            ordered = client.post("/v1/drafts", content=a_body())
            assert ordered.status_code == 202, ordered.text
            job = f"/v1/jobs/{ordered.json()['job_id']}"
            wait_for(lambda: client.get(job).json()["state"] in ("done", "failed"), 120)
            done = client.get(job).json()
            assert done["state"] == "done", done
            first, second = done["result"]["drafts"]
            assert client.get(f"/v1/drafts/{first}/picture").headers["content-type"] == "image/jpeg"
            assert client.post(f"/v1/drafts/{first}/approve", json={"reason": "fine"}).json()["status"] == "approved"
            assert client.post(f"/v1/drafts/{second}/reject", json={"reason": "dull"}).json()["status"] == "rejected"
        below = psutil.Process(service.pid).children(recursive=True)
        assert below
    finally:
        service.terminate()
        service.wait(60)
    assert service.returncode == 0, log.read_text()
    wait_for(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in below), 20)
    assert not run_folder(settings.workspace, "generation").exists()
