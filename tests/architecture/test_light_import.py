"""``import adplat`` and ``adplat --help`` stay light."""

from __future__ import annotations

import resource
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


_EMPTY_APP = """
import typer
app = typer.Typer()
app.command("one")(lambda: None)
app.command("two")(lambda: None)
app()
"""


def test_help_costs_at_most_five_times_that_of_an_empty_app() -> None:
    """What is Python's, Typer's and Rich's is in both; half a second where the empty one takes a tenth."""
    commands = {"adplat": ["-m", "adplat.cli", "--help"], "empty": ["-c", _EMPTY_APP, "--help"]}
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(5):
        for name, command in commands.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *command], capture_output=True, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds[name].append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    # Computing time, and the least of five: what a command costs, not what else the machine was doing.
    assert min(seconds["adplat"]) <= 5 * min(seconds["empty"]), seconds
