"""Scoring of the benchmark: the request it times gives the very scores of ``adplat score``."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from adplat.ctr import score_frame
from adplat.data import read_table, write_table
from adplat.domain import SystemClock
from adplat.flows.bench_ctr_frappe import LABEL, FrappeFiles, write_frappe
from adplat.flows.bench_ctr_quality import our_quality
from adplat.flows.bench_ctr_scoring import FEW, MANY, Request, Rounds, alternate, frappe_request, user_once_figures
from adplat.flows.bench_run import silent

FIELDS = ("user", "item", "daytime", "weekday", "isweekend", "homework", "cost", "weather", "country", "city")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> FrappeFiles:
    rng, place = np.random.default_rng(8), tmp_path_factory.mktemp("frappe")
    for name, rows in (("train", 3000), ("valid", 1200)):
        columns = {field: rng.integers(0, 12, rows) + 100 * number for number, field in enumerate(FIELDS)}
        chance = np.where((columns["user"] + columns["item"]) % 3 == 0, 0.8, 0.2)
        frame = pl.DataFrame({LABEL: (rng.random(rows) < chance).astype(int), **columns})
        write_table(frame, place / "source" / f"{name}.parquet")
    return write_frappe(place / "source", place / "halves")


@pytest.fixture(scope="module")
def request_of_one(files: FrappeFiles) -> Request:
    ours = our_quality(files, 1, files.folder / "out", files.folder / "cache", SystemClock(), silent, epochs=1)
    assert 0.0 < ours.quality.logloss < 2.0
    assert ours.quality.rows == read_table(files.report).height
    return frappe_request(ours.bundle, files)


def test_the_timed_request_gives_the_scores_of_the_command(request_of_one: Request, files: FrappeFiles) -> None:
    request, kept = request_of_one, request_of_one.kept
    assert len(request.rows) == MANY
    one = read_table(files.report).head(1).drop(LABEL)
    shown = [kept.items.ids[row - 1] for row in request.rows.item.tolist()]
    table = pl.concat([one] * MANY).with_columns(item=pl.Series(shown).cast(pl.Int64))
    wanted = score_frame(kept, table, {}, kept.items)["p_ctr"].to_numpy()
    np.testing.assert_allclose(request.score(), wanted, atol=1e-6)
    assert np.ptp(wanted) > 0


def test_user_once_and_tiled_say_the_same(request_of_one: Request) -> None:
    figures = {figure.figure_id: figure for figure in user_once_figures(request_of_one.first(2 * FEW), 1, silent)}
    assert figures["ctr.5.user_once_equal"].holds
    assert figures["ctr.5.user_once_equal"].n == 2 * FEW
    assert figures[f"ctr.5.user_once_{FEW}"].value > 0


def test_rounds_alternate_and_give_ratios() -> None:
    calls: list[str] = []

    def side(name: str, taken: float) -> list[float]:
        calls.append(name)
        return [taken, taken, 50.0]

    beside = alternate(lambda: side("ours", 2.0), lambda: side("theirs", 8.0), 2, silent)
    assert calls == ["ours", "theirs"] * 2
    assert beside == Rounds((2.0, 2.0), (8.0, 8.0))
    assert beside.ratios == (4.0, 4.0)
