"""Rivals: a child process that answers one line for each, figures from qualities, and the environment they need."""

from __future__ import annotations

import colorsys
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from adplat.data import write_table
from adplat.domain import InternalFault, MissingInput
from adplat.flows import rival_environment, rival_process
from adplat.flows.bench_ctr_frappe import FrappeFiles, write_frappe
from adplat.flows.bench_ctr_quality import quality_figures
from adplat.flows.rival_environment import rival_python
from adplat.flows.rival_process import RivalProcess
from adplat.flows.rival_quality import Quality, Rival, frappe_rivals, request_of, rival_folder, rival_quality

LIGHTGBM = next(rival for rival in frappe_rivals(seed=1, epochs=20) if rival.package == "lightgbm")


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


@pytest.fixture
def files(tmp_path: Path) -> FrappeFiles:
    """A click depends on the item, and on user and item together, so that a quick model has something to find."""
    rng = np.random.default_rng(5)
    for name, rows in (("train", 3000), ("valid", 1500)):
        user, item = rng.integers(0, 12, rows), rng.integers(0, 12, rows)
        chance = 0.1 + 0.4 * (item < 6) + 0.4 * ((user + item) % 3 == 0)
        frame = pl.DataFrame({"label": (rng.random(rows) < chance).astype(int), "user": user, "item": item})
        write_table(frame, tmp_path / "source" / f"{name}.parquet")
    return write_frappe(tmp_path / "source", tmp_path / "halves")


def test_a_rival_is_fitted_judged_and_kept(files: FrappeFiles, tmp_path: Path) -> None:
    # LightGBM is among our own packages, so this one needs no environment of its own.
    cache = tmp_path / "cache"
    found = rival_quality(Path(sys.executable), LIGHTGBM, files, cache)
    assert found.auc > 0.7
    assert found.epochs >= 1
    assert rival_quality(Path("/nowhere/python"), LIGHTGBM, files, cache) == found, "read from the cache"
    other = replace(LIGHTGBM, settings={**LIGHTGBM.settings, "seed": 2})
    assert rival_folder(other, files, cache) != rival_folder(LIGHTGBM, files, cache)


def test_other_data_is_another_run(files: FrappeFiles, tmp_path: Path) -> None:
    before = rival_folder(LIGHTGBM, files, tmp_path)
    with np.load(files.arrays) as arrays:
        changed = {name: arrays[name] for name in arrays.files}
    changed["labels_train"][0] = 1 - changed["labels_train"][0]
    np.savez(files.arrays, **changed)
    assert rival_folder(LIGHTGBM, files, tmp_path) != before


def test_what_a_rival_prints_never_spoils_its_answers(files: FrappeFiles, tmp_path: Path) -> None:
    loud = Rival("lightgbm", "LightGBM", {**LIGHTGBM.settings, "model": {"verbosity": 2}})
    with RivalProcess(Path(sys.executable), tmp_path / "rival.log") as process:
        told = process.ask("fit", scores=str(tmp_path / "s.npz"), **request_of(loud, files, tmp_path))
        assert told["seconds"] > 0
        assert process.ask("fit", scores=str(tmp_path / "s.npz"), **request_of(loud, files, tmp_path))["epochs"]
    assert "LightGBM" in (tmp_path / "rival.log").read_text()


def test_a_module_of_ours_never_stands_for_a_package_that_a_rival_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "rivals.py").write_text(
        "import colorsys, json, sys\n"
        "for line in sys.stdin: print(json.dumps({'from': colorsys.__file__}), flush=True)\n"
    )
    (scripts / "colorsys.py").write_text("raise ImportError('ours')\n")
    monkeypatch.setattr(rival_process, "_SCRIPTS", scripts)
    monkeypatch.setenv("PYTHONPATH", str(scripts))
    with RivalProcess(Path(sys.executable), tmp_path / "rival.log") as process:
        assert process.ask("whatever")["from"] == colorsys.__file__


def test_a_failing_rival_says_why(tmp_path: Path) -> None:
    with RivalProcess(Path(sys.executable), tmp_path / "rival.log") as process:
        with pytest.raises(InternalFault, match="FileNotFoundError"):
            process.ask("fit", package="lightgbm", data=str(tmp_path / "no.npz"))
        with pytest.raises(InternalFault, match="KeyError"):
            process.ask("dance")


def test_rivals_that_cannot_be_installed_leave_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "rivals.lock"
    lock.write_text("adplat-no-such-rival==0.0.0\n")
    monkeypatch.setattr(rival_environment, "rivals_lock", lambda: lock)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(MissingInput, match="adplat-no-such-rival"):
        rival_python(tmp_path / "cache", quiet)
    assert not list((tmp_path / "cache" / "rivals").iterdir())


def quality(model: str, auc: float, logloss: float, seed: int = 1) -> Quality:
    return Quality(model, seed, auc, logloss, rows=900)


def test_the_claim_is_against_the_best_of_each_measure() -> None:
    rivals = [
        quality("FinalMLP", 0.985, 0.15),
        quality("FinalNet", 0.984, 0.13),
        quality("DCNv2", 0.983, 0.14),
        quality("LightGBM", 0.99, 0.01),
    ]
    ours = [quality("adplat", 0.987, 0.120, 1), quality("adplat", 0.986, 0.125, 2)]
    figures = {figure.figure_id: figure for figure in quality_figures(ours, rivals)}
    auc, logloss = figures["ctr.1.auc"], figures["ctr.1.logloss"]
    assert (auc.rival, auc.target) == ("FuxiCTR FinalMLP", pytest.approx(0.986))
    assert auc.value == pytest.approx(0.9865)
    assert auc.interval == (0.986, 0.987)
    assert auc.holds
    assert (logloss.rival, logloss.target) == ("FuxiCTR FinalNet", pytest.approx(0.1261))
    assert logloss.holds
    assert not figures["ctr.1.lightgbm.auc"].holds, "a rival outside the claim is still shown as it is"


@pytest.mark.slow
def test_every_rival_runs_in_the_environment_built_for_it(files: FrappeFiles, tmp_path: Path) -> None:
    python = rival_python(tmp_path / "cache", quiet)
    assert rival_python(tmp_path / "cache", quiet) == python
    for rival in frappe_rivals(seed=1, epochs=3):
        settings = {**rival.settings, "batch_size": 256}
        found = rival_quality(python, replace(rival, settings=settings), files, tmp_path / "cache")
        assert found.auc > 0.5, rival.model
