"""The committed messages are what ``make proto`` makes of the .proto file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ROOT / "adplat" / "client" / "generated"


@pytest.mark.parametrize("service", ["bidding", "forecasting"])
def test_the_messages_are_those_of_the_proto_file(tmp_path: Path, service: str) -> None:
    command = [sys.executable, "-m", "grpc_tools.protoc", f"--proto_path=services/{service}/proto"]
    command += [f"--python_out={tmp_path}", f"--pyi_out={tmp_path}", f"adplat/{service}/v1/{service}.proto"]
    subprocess.run(command, cwd=ROOT, check=True)
    made = {path.name: path.read_text() for path in (tmp_path / "adplat" / service / "v1").iterdir()}
    kept = {path.name: path.read_text() for path in GENERATED.glob(f"{service}_pb2.*")}
    assert kept == made, "run 'make proto'"
