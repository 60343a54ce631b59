"""How much memory a streamed training run takes, and that ten times the rows take no more.

Measured from outside: ``adplat train`` runs as a child, and what the kernel says of it is read while it lives.
Anonymous memory is what the process holds for itself; mapped files are cache that the system may drop at any time.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from adplat.data import TableWriter, table_writer
from adplat.domain import Figure, InternalFault, Progress

FIELDS, VALUES = 10, 2_000
_CHUNK = 100_000
_EVERY_S = 0.02

WriteRows = Callable[[Path, int], None]


@dataclass(frozen=True)
class PeakMemory:
    """Highest anonymous memory and highest mapped file memory of one run, in MiB."""

    rows: int
    anonymous_mib: float
    files_mib: float


def memory_figures(place: Path, rows: int, progress: Progress, times: int = 10) -> list[Figure]:
    """Peak memory at ``rows`` and at ``times`` as many; the ratio of the anonymous peaks stays near one."""
    return [figure_of("ctr.6.memory", "streamed training", place, rows, write_rows, progress, times)]


def figure_of(
    figure_id: str, what: str, place: Path, rows: int, write: WriteRows, progress: Progress, times: int
) -> Figure:
    """The figure of one kind of table, which ``write`` writes with any number of rows."""
    peaks = []
    for number, count in enumerate((rows, rows * times)):
        peaks.append(peak_of_training(place / f"{count}", count, write))
        progress(number + 1, 2, f"peak memory of {what}")
    small, large = peaks
    told = (
        f"peak anonymous memory of {what} at {large.rows:,} rows over that at {small.rows:,}: "
        f"{large.anonymous_mib:,.0f} and {small.anonymous_mib:,.0f} MiB (mapped files {large.files_mib:,.0f} MiB)"
    )
    ratio = large.anonymous_mib / small.anonymous_mib
    return Figure(figure_id, told, ratio, "times", "<=", 1.2, n=large.rows)


def peak_of_training(folder: Path, rows: int, write: WriteRows) -> PeakMemory:
    """Let ``write`` write ``rows`` rows under ``folder``, train on them as a stream for an epoch, watch the child."""
    write(folder, rows)
    options = ["--data", str(folder), "--out", str(folder / "out"), "--cache", str(folder / "cache"), "--json"]
    command = [sys.executable, "-m", "adplat.cli", "train", str(folder / "train.yaml"), *options]
    anonymous = files = 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
        while child.poll() is None:
            now = _status_mib(child.pid)
            anonymous, files = max(anonymous, now.get("RssAnon", 0.0)), max(files, now.get("RssFile", 0.0))
            time.sleep(_EVERY_S)
        said = child.stderr.read().decode() if child.stderr else ""
    if child.returncode:
        raise InternalFault(f"the measured run ended with {child.returncode}: {said[-200:]}", hint="report this")
    return PeakMemory(rows, anonymous, files)


def write_rows(folder: Path, rows: int) -> None:
    """A table of categorical fields with a click, its schema and a config that streams it."""
    folder.mkdir(parents=True)
    names = [f"f{number}" for number in range(FIELDS)]
    features = "".join(f"  - {{name: {name}, kind: categorical}}\n" for name in names)
    outcome = "outcomes:\n  - {name: click, column: click}\n"
    (folder / "schema.yaml").write_text(f"version: 1\nname: streamed\n{outcome}features:\n{features}")
    (folder / "train.yaml").write_text(
        "schema: schema.yaml\ndata: {kind: table, train: train.parquet, valid: valid.parquet, stream: true}\n"
        "model: {embedding: 8, hidden: [32], cross_layers: 1}\ntraining: {epochs: 1, batch: 4096}\n"
    )
    rng = np.random.default_rng(0)
    for name, count in (("train", rows), ("valid", 20_000)):
        with table_writer(folder / f"{name}.parquet") as writer:
            _write(writer, count, names, rng)


def _write(writer: TableWriter, count: int, names: list[str], rng: np.random.Generator) -> None:
    for start in range(0, count, _CHUNK):
        size = min(_CHUNK, count - start)
        values = rng.integers(1, VALUES, (size, len(names)))
        click = rng.random(size) < 0.1 + 0.3 * (values[:, 0] % 2)
        writer.write(pl.DataFrame({**dict(zip(names, values.T, strict=True)), "click": click.astype(np.int64)}))


def _status_mib(pid: int) -> dict[str, float]:
    """What the kernel says of a process; nothing once it is gone, or where there is no ``/proc``."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    told = (line.split() for line in lines if line.startswith("Rss"))
    return {parts[0].rstrip(":"): int(parts[1]) / 1024 for parts in told}
