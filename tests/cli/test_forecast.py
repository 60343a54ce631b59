"""``adplat forecast landscape``: from a lake to a file, and what the file says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adplat.cli import run
from adplat.data import Lake
from tests.flows.model_market import ModelMarket, a_model_market
from tests.flows.test_bid_landscape import bids


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> ModelMarket:
    return a_model_market(tmp_path_factory.mktemp("market"))


def test_fit_and_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Lake(tmp_path / "lake").write("bids", bids(3_000), "a")
    out = str(tmp_path / "landscape")
    assert run(["forecast", "landscape", "fit", str(tmp_path), "--out", out, "--by", "placement", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["auctions"], told["by_context"], told["source"]["currency"]) == (3_000, ["placement"], "CNY")
    where = ["forecast", "landscape", "show", out]
    assert run([*where, "--bid", "1000", "--context", "placement=feed", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["bids"][0]["win_probability"] == pytest.approx(0.5, abs=0.1)
    assert run([*where, "--picture", str(tmp_path / "curve.png")]) == 0
    seen = capsys.readouterr()
    assert "second-price win costs" in seen.out
    assert "3,000 auctions" in seen.err
    assert (tmp_path / "curve.png").stat().st_size > 5_000


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["show", "nothing.landscape"], "no such landscape"),
        (["fit", ".", "--out", "x"], "there are no bids here"),
    ],
)
def test_a_wrong_input_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    line: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["forecast", "landscape", *words]) == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert line in told[-1]


def test_a_context_without_a_value_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["forecast", "landscape", "show", str(tmp_path / "x"), "--context", "feed"]) == 2
    assert "write COLUMN=VALUE" in capsys.readouterr().err


def test_a_creative_that_never_ran_is_told_with_its_intervals(
    market: ModelMarket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    picture = sorted((market.world / "images").glob("*.png"))[0]
    words = ["forecast", "creative", "--headline", "Fresh today", "--bundle", market.first.path]
    words += ["--data", str(market.world), "--image", str(picture)]
    assert run([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ctr"]["p10"] < told["ctr"]["p50"] < told["ctr"]["p90"]
    assert told["inputs"]["bundle_id"] == market.first.bundle_id
    assert run(words) == 0
    seen = capsys.readouterr().out
    assert "clicks a first view" in seen
    assert "known creatives most like it" in seen
    assert run([*words, "--placement", "moon"]) == 2
    assert "use one of: article_336x280" in capsys.readouterr().err
    assert run([*words[:-1], "gone.png"]) == 2
    assert "no such file" in capsys.readouterr().err
