"""The committed messages are what ``make proto`` makes of the .proto file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ROOT / "adplat" / "client" / "generated"


def test_the_messages_are_those_of_the_proto_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "grpc_tools.protoc", "--proto_path=services/bidding/proto"]
    command += [f"--python_out={tmp_path}", f"--pyi_out={tmp_path}", "adplat/bidding/v1/bidding.proto"]
    subprocess.run(command, cwd=ROOT, check=True)
    made = {path.name: path.read_text() for path in (tmp_path / "adplat" / "bidding" / "v1").iterdir()}
    kept = {path.name: path.read_text() for path in GENERATED.glob("bidding_pb2.*")}
    assert kept == made, "run 'make proto'"
