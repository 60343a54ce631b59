"""The file of running experiments: replaced whole, and never the end of a replica."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adplat.domain import (
    AdplatError,
    AssignmentUnit,
    BucketRange,
    ConfigRejected,
    Experiment,
    ExperimentArm,
    ExperimentBook,
    ExperimentState,
    InternalFault,
)
from adplat.snapshots import EXPERIMENTS_NAME, ExperimentsFile, ExperimentsWatch

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUNNING = Experiment(
    "tea-pictures",
    (ExperimentArm("control", 1.0, ("c1",)), ExperimentArm("steam", 2.0, ("c2", "c3"), "uniform", paused=True)),
    layer="creatives",
    salt="s1",
    unit=AssignmentUnit.REQUEST,
    traffic=0.25,
    layer_ranges=(BucketRange(0, 10), BucketRange(20, 5_000)),
    campaign_ids=("k1",),
    state=ExperimentState.RUNNING,
    started_at=NOON,
)
BOOK = ExperimentBook((RUNNING,), 0.05, {"creatives": 0.1})


def test_what_is_written_is_read_back_and_noticed(tmp_path: Path) -> None:
    file, reader = ExperimentsFile(tmp_path), ExperimentsFile(tmp_path)
    assert reader.read() is None
    assert not reader.has_moved()
    file.write(BOOK)
    assert reader.has_moved()
    assert reader.read() == BOOK
    assert not reader.has_moved()


@pytest.mark.parametrize("state", [state for state in ExperimentState if state is not ExperimentState.RUNNING])
def test_only_running_experiments_are_published(tmp_path: Path, state: ExperimentState) -> None:
    with pytest.raises(ConfigRejected, match=f"tea-pictures is {state.value}"):
        ExperimentsFile(tmp_path).write(ExperimentBook((replace(RUNNING, state=state),)))


Breaks = Callable[[str], str]
BROKEN: list[tuple[Breaks, type[AdplatError]]] = [
    (lambda written: written.replace('"format": 1', '"format": 2'), ConfigRejected),
    (lambda written: written.replace('"traffic": 0.25', '"traffic": 25'), InternalFault),
    (lambda written: written.replace('"request"', '"cookie"'), InternalFault),
    (lambda written: written.replace('"holdout": 0.05', '"holdout": 5'), InternalFault),
    (lambda written: written[:40], InternalFault),
    (lambda written: "", InternalFault),
    (lambda written: "\x00\xff", InternalFault),
    (lambda written: "[]", InternalFault),
    (lambda written: '{"format": 1}', InternalFault),
]


@pytest.mark.parametrize(("breaks", "kind"), BROKEN)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path: Path, breaks: Breaks, kind: type[AdplatError]) -> None:
    file = ExperimentsFile(tmp_path)
    file.write(BOOK)
    written = file.path.read_text()
    assert breaks(written) != written
    file.path.write_text(breaks(written))
    with pytest.raises(kind) as refused:
        file.read()
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("breaks", "_"), BROKEN)
def test_a_watch_keeps_what_it_knew_and_follows_the_next_whole_file(tmp_path: Path, breaks: Breaks, _: object) -> None:
    file, watch = ExperimentsFile(tmp_path), ExperimentsWatch(tmp_path)
    assert not watch.look()
    assert watch.book == ExperimentBook()
    file.write(BOOK)
    assert watch.look()
    assert not watch.look()
    file.path.write_text(breaks(file.path.read_text()))
    assert not watch.look()
    assert watch.book == BOOK
    file.write(ExperimentBook((), 0.5))
    assert watch.look()
    assert watch.book == ExperimentBook((), 0.5)
    file.path.unlink()
    assert watch.look()
    assert watch.book == ExperimentBook()


def test_a_file_that_may_not_be_opened_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / EXPERIMENTS_NAME).mkdir()
    assert not ExperimentsWatch(tmp_path).look()
