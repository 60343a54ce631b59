"""The file of learned prices: replaced whole, and never the end of a replica."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adplat.domain import AdplatError, ConfigRejected, InternalFault
from adplat.market import PriceLaw, ShadingModel
from adplat.snapshots import SHADING_NAME, LearnedShading, ShadingFile, ShadingWatch

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MODEL = ShadingModel(PriceLaw(8.5, 0.4, 1_000), {"open|feed": PriceLaw(8.25, 0.5, 700)})
LEARNED = LearnedShading({"CNY": MODEL}, {"CNY": NOON})


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = ShadingFile(tmp_path)
    assert file.read() is None
    file.write(LEARNED)
    assert file.has_moved()
    assert file.read() == LEARNED
    assert not file.has_moved()
    assert file.remove()
    assert not file.remove()
    assert file.read() is None


def newer(written: str) -> str:
    return json.dumps(json.loads(written) | {"format": 2, "by_currency": [1]})


def out_of_range(written: str) -> str:
    return written.replace("0.4", "-0.4")


BROKEN = [
    (newer, ConfigRejected),
    (out_of_range, InternalFault),
    (lambda written: written[:40], InternalFault),
    (lambda written: "", InternalFault),
    (lambda written: "\x00\xff", InternalFault),
    (lambda written: "[]", InternalFault),
    (lambda written: '{"format": 1}', InternalFault),
    (lambda written: written.replace("log-logistic", "log-normal"), InternalFault),
]


@pytest.mark.parametrize(("breaks", "kind"), BROKEN)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path: Path, breaks, kind: type[AdplatError]) -> None:  # type: ignore[no-untyped-def]
    file = ShadingFile(tmp_path)
    file.write(LEARNED)
    file.path.write_text(breaks(file.path.read_text()))
    with pytest.raises(kind, match="adplat market") as refused:
        file.read()
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("breaks", "_"), BROKEN)
def test_a_watch_keeps_what_it_knew_and_follows_the_next_whole_file(tmp_path: Path, breaks, _: object) -> None:  # type: ignore[no-untyped-def]
    file, watch = ShadingFile(tmp_path), ShadingWatch(tmp_path)
    assert not watch.look()
    file.write(LEARNED)
    assert watch.look()
    assert not watch.look()
    file.path.write_text(breaks(file.path.read_text()))
    assert not watch.look()
    assert watch.by_currency == {"CNY": MODEL}
    other = LearnedShading({"USD": MODEL}, {"USD": NOON})
    file.write(other)
    assert watch.look()
    assert set(watch.by_currency) == {"USD"}
    file.remove()
    assert watch.look()
    assert watch.by_currency == {}


def test_a_watch_that_begins_with_a_damaged_file_bids_the_value(tmp_path: Path) -> None:
    (tmp_path / SHADING_NAME).write_text("{")
    watch = ShadingWatch(tmp_path)
    assert not watch.look()
    assert watch.by_currency == {}


def test_a_file_that_may_not_be_opened_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / SHADING_NAME).mkdir()
    assert not ShadingWatch(tmp_path).look()
