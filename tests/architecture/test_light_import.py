"""``import adplat`` and ``adplat --help`` stay light."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

import pytest

HEAVY = (
    "torch",
    "ray",
    "polars",
    "pyarrow",
    "transformers",
    "sqlalchemy",
    "redis",
    "lightgbm",
    "onnxruntime",
    "diffusers",
)


@pytest.mark.parametrize("module", ["adplat", "adplat.cli", "adplat.domain", "adplat.bootstrap"])
def test_importing_pulls_in_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print([n for n in {HEAVY!r} if n in sys.modules])"
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "[]"


def test_help_answers_within_half_a_second() -> None:
    command = [sys.executable, "-m", "adplat.cli", "--help"]
    seconds = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    # Computing time, and the least of five: what the command costs, not what else the machine was doing.
    assert min(seconds) <= 0.5, statistics.median(seconds)
