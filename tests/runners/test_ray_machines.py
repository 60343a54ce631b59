from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import ray

from adplat.domain import ConfigRejected
from adplat.runners import RayMachines, ray_base_folder
from tests.ctr.builders import shop_folder
from tests.flows.test_train_model import shop_config

MARK = "ADPLAT_TEST_MARK"
GONE_S = 30.0


def adplat(*arguments: object, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "adplat.cli", *(str(argument) for argument in arguments)]
    pythonpath = os.pathsep.join(sys.path)
    return subprocess.Popen(
        command,
        env=os.environ | {"PYTHONPATH": pythonpath} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def living(mark: str) -> list[str]:
    """What still runs of all that was started with this mark in its environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.name())
        except psutil.Error:
            continue
    return found


def all_gone(mark: str) -> bool:
    until = time.monotonic() + GONE_S
    while living(mark) and time.monotonic() < until:
        time.sleep(0.2)
    return not living(mark)


def folders_of(pid: int) -> list[Path]:
    return list(ray_base_folder().glob(f"adplat-{os.getuid()}-ray-{pid}-*"))


def test_the_command_encodes_on_a_ray_of_its_own_and_leaves_nothing(tmp_path: Path) -> None:
    data, cache = shop_folder(tmp_path / "data"), tmp_path / "cache"
    (data / "images" / "3.png").write_bytes(b"no picture")
    command = ("encode", shop_config(tmp_path), "--data", data, "--cache", cache, "--json")
    shared = adplat(*command, "--workers", 2, **{MARK: str(tmp_path)})
    out, err = shared.communicate(timeout=120)
    told = json.loads(out)
    assert shared.returncode == 0, err
    assert told["encoded"] > 0
    assert told["workers"] == 2
    assert told["problems"] == [{"item_id": "3", "column": "picture", "reason": "corrupt: UnidentifiedImageError"}]
    assert "encoding with hashing" in err
    assert all_gone(str(tmp_path)), living(str(tmp_path))
    assert not folders_of(shared.pid)

    out, _ = adplat(*command).communicate(timeout=60)
    alone = json.loads(out)
    assert (alone["encoded"], alone["cached"], alone["without_vector"]) == (0, told["encoded"], 1)


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_a_command_that_is_stopped_leaves_no_process(tmp_path: Path, ending: signal.Signals) -> None:
    data = shop_folder(tmp_path / "data")
    command = ("train", shop_config(tmp_path), "--data", data, "--out", tmp_path / "out", "--cache", tmp_path / "c")
    stopped = adplat(*command, "--workers", 2, "--epochs", 2000, **{MARK: str(tmp_path)})
    until = time.monotonic() + 60
    while "RayTrainWorker" not in " ".join(living(str(tmp_path))) and time.monotonic() < until:
        time.sleep(0.5)
    stopped.send_signal(ending)
    stopped.communicate(timeout=60)
    assert stopped.returncode == (130 if ending == signal.SIGTERM else -signal.SIGKILL)
    assert all_gone(str(tmp_path)), living(str(tmp_path))
    if ending == signal.SIGTERM:
        assert not folders_of(stopped.pid)
    assert not list((tmp_path / "out").glob("*"))


@pytest.mark.slow
def test_the_same_command_works_on_a_cluster_that_is_named(machines: RayMachines, tmp_path: Path) -> None:
    """The cluster is the Ray of this test process: another owner, reached by its address alone."""
    data, cache = shop_folder(tmp_path / "data"), tmp_path / "cache"
    config, address = shop_config(tmp_path), ray.get_runtime_context().gcs_address
    encoded = adplat(
        "encode", config, "--data", data, "--cache", cache, "--workers", 2, "--json", ADPLAT_RAY_ADDRESS=address
    )
    out, err = encoded.communicate(timeout=120)
    assert encoded.returncode == 0, err
    assert json.loads(out)["encoded"] > 0
    assert not folders_of(encoded.pid)
    trained = adplat(
        "train",
        config,
        *("--data", data, "--out", tmp_path / "out", "--cache", cache, "--workers", 2, "--json"),
        RAY_ADDRESS=address,
    )
    out, err = trained.communicate(timeout=120)
    assert trained.returncode == 0, err
    assert Path(json.loads(out)["bundle"], "weights.safetensors").is_file()
    assert not folders_of(trained.pid)
    assert ray.is_initialized(), "the cluster goes on"


def test_a_cluster_that_does_not_answer_is_told_in_one_line(tmp_path: Path) -> None:
    data = shop_folder(tmp_path / "data")
    command = ("encode", shop_config(tmp_path), "--data", data, "--cache", tmp_path / "cache", "--workers", 2)
    refused = adplat(*command, ADPLAT_RAY_ADDRESS="127.0.0.1:1")
    _, err = refused.communicate(timeout=60)
    assert refused.returncode == 2
    lines = [line for line in err.splitlines() if line.startswith("adplat: ")]
    assert len(lines) == 1
    assert "no Ray cluster answers" in lines[0]
    assert "127.0.0.1:1" in lines[0]


def test_more_workers_than_cores_are_refused(machines: RayMachines) -> None:
    with RayMachines(99) as many, pytest.raises(ConfigRejected, match="99 workers need as many cores"):
        many.start()
