"""``adplat market``: by hand what the worker does, and what it tells."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from adplat.cli import run
from adplat.data import Lake
from adplat.snapshots import ShadingFile


def some_auctions(workspace: Path, count: int) -> None:
    """First-price auctions of the last hour."""
    rng = np.random.default_rng(1)
    bid = rng.integers(500, 4_000, count)
    now = datetime.now(UTC)
    frame = pl.DataFrame(
        {
            "request_id": [f"r{n}" for n in range(count)],
            "ts": [now - timedelta(seconds=n % 3000) for n in range(count)],
            "bid_micros": bid,
            "value_micros": bid,
            "won": bid >= 1_000 * np.exp(0.4 * rng.logistic(size=count)),
            "placement": "feed",
            "auction": "first_price",
            "currency": "CNY",
            "deal_id": "",
            "has_fixed_price": False,
        }
    )
    Lake(workspace / "lake").write("bids", frame, "a")


def test_fit_show_and_forget(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    some_auctions(tmp_path, 2_000)
    where = ["--workspace", str(tmp_path)]
    assert run(["market", "fit", *where, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    [one] = told["currencies"]
    assert (told["window_days"], one["currency"], one["auctions"], one["is_taken"]) == (7, "CNY", 2_000, True)
    assert one["trial"]["surplus_micros"] > one["trial"]["surplus_before_micros"] == 0.0
    assert run(["market", "show", *where, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert "T" in shown["currencies"]["CNY"]["fitted"]  # ISO 8601, as everywhere
    assert shown["currencies"]["CNY"]["by_key"]["open|feed"]["auctions"] > 1_000
    assert run(["market", "show", *where]) == 0
    assert "open|feed" in capsys.readouterr().out
    assert run(["market", "fit", *where]) == 0
    assert "held-out auctions" in capsys.readouterr().err
    assert run(["market", "forget", *where, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"forgotten": True}
    assert ShadingFile(tmp_path).read() is None
    assert run(["market", "show", *where]) == 0
    assert "nothing is learned" in capsys.readouterr().err


def test_what_cannot_be_learned_is_told_and_is_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--workspace", str(tmp_path)]
    assert run(["market", "fit", *where, "--days", "2"]) == 0
    assert "no first-price auction of ours has ended in the last 2 days" in capsys.readouterr().err
    some_auctions(tmp_path, 60)
    assert run(["market", "fit", *where]) == 0
    assert "at least 500 are needed" in capsys.readouterr().err
    assert not (tmp_path / "shading.json").exists()


def test_a_file_of_another_version_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shading.json").write_text('{"format": 7, "by_currency": {}}')
    for command in ("fit", "show"):
        assert run(["market", command, "--workspace", str(tmp_path)]) == 2
        told = capsys.readouterr().err
        assert "learned prices of format 7, not 1" in told
        assert "adplat market forget" in told
        assert told.count("\n") == 1
