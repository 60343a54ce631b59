"""``adplat demo`` as a person meets it: Ctrl-C leaves nothing behind, the next run works, the report is whole."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import psutil
import pytest

from adplat.data import configs_folder, training_rows

PATIENCE_S = 240


def demo(workspace: Path, requests: int) -> subprocess.Popen[str]:
    world = configs_folder() / "worlds" / "small.yaml"
    command = [sys.executable, "-m", "adplat.cli", "demo", "--json", "--workspace", str(workspace)]
    command += ["--world", str(world), "--requests", str(requests)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def interrupt_when(run: subprocess.Popen[str], said: str) -> list[psutil.Process]:
    """Read its words until ``said``, press Ctrl-C, and give back everybody who was there."""
    assert run.stderr is not None
    for line in run.stderr:
        if said in line:
            break
    else:
        pytest.fail(f"it never said {said!r}")
    everybody = [*psutil.Process(run.pid).children(recursive=True), psutil.Process(run.pid)]
    run.send_signal(signal.SIGINT)
    return everybody


def half_written(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.name.endswith((".tmp", ".part"))]


def test_ctrl_c_leaves_no_process_and_no_broken_file_and_the_next_run_works(tmp_path: Path) -> None:
    workspace = tmp_path / "demo"
    for moment in ("epoch 1", "playing requests"):
        run = demo(workspace, 5000)
        everybody = interrupt_when(run, moment)
        _, said = run.communicate(timeout=PATIENCE_S)
        assert run.returncode == 130, said
        assert "Traceback" not in said
        assert "adplat: stopped; nothing is left half-written" in said
        until = time.monotonic() + 10
        while any(process.is_running() for process in everybody) and time.monotonic() < until:
            time.sleep(0.1)
        assert [process.name() for process in everybody if process.is_running()] == []
        assert half_written(workspace) == []
        assert not (workspace / "report.html").exists()

    run = demo(workspace, 400)
    out, said = run.communicate(timeout=PATIENCE_S)
    assert run.returncode == 0, said
    document = json.loads(out)
    assert document["counted"]["impressions"] == document["requests"] == 400
    # What was served lies in the lake, ready to be trained on.
    rows = training_rows(workspace / "service")
    assert len(rows) == 400
    assert rows["click"].sum() == document["counted"]["clicks"]
    page = (workspace / "report.html").read_text()
    HTMLParser().feed(page)
    assert "The bandit against random" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert set(document["new_creatives"]) == {"multimodal", "ID-only"}
