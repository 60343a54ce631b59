"""``adplat forecast run``: tables for people, one document for programs, files on request."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adplat.cli import run
from tests.flows.campaign_market import a_plan, written_market
from tests.flows.forecast_rig import a_rig


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written_market(tmp_path_factory.mktemp("campaigns") / "market")


def test_a_person_reads_tables_and_gets_the_files(
    market: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, days, picture = a_plan(tmp_path), tmp_path / "days.csv", tmp_path / "forecast.png"
    words = ["forecast", "run", str(plan), "--data", str(market), "--csv", str(days), "--picture", str(picture)]
    assert run(words) == 0
    seen = capsys.readouterr()
    assert "autumn, 2026-09-21 to 2026-09-24" in seen.out
    assert "by budget" in seen.out
    assert days.read_text().startswith("date,impressions_p2.5,")
    assert picture.stat().st_size > 10_000


def test_a_program_reads_one_document(market: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["forecast", "run", str(a_plan(tmp_path)), "--data", str(market / "lake"), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document) >= {"refused", "reasons", "daily", "total", "curve", "inputs"}


def test_a_refusal_is_an_answer(market: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan, picture = a_plan(tmp_path, end="2027-03-24"), tmp_path / "forecast.png"
    assert run(["forecast", "run", str(plan), "--data", str(market), "--picture", str(picture), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["refused"] is True
    assert document["reasons"][0].keys() == {"reason", "what", "hint"}
    assert not picture.exists()


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"creatives": ["nobody"]}, "is not in the catalogue"),
        ({"end": "2026-09-01"}, "before it starts"),
        ({"total_budget_micros": -1}, "total_budget_micros"),
        ({"targeting": {"devices": ["fridge"]}}, "meets the targeting"),
    ],
)
def test_a_wrong_plan_is_one_line(
    market: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, object], line: str
) -> None:
    assert run(["forecast", "run", str(a_plan(tmp_path, **changes)), "--data", str(market)]) == 2
    (told,) = [one for one in capsys.readouterr().err.splitlines() if one.startswith("adplat: ")]
    assert line in told


def test_a_kept_forecast_is_listed(
    market: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ADPLAT_ACTOR", "mei")
    folder = tmp_path / "ws"
    folder.mkdir()
    words = ["forecast", "run", str(a_plan(tmp_path)), "--data", str(market), "--workspace", str(folder), "--json"]
    with a_rig(folder):
        assert run([*words, "--keep"]) == 0
        kept = json.loads(capsys.readouterr().out)["forecast_id"]
        assert run(["forecast", "list", "--workspace", str(folder), "--json"]) == 0
        (listed,) = json.loads(capsys.readouterr().out)["forecasts"]
    assert (listed["forecast_id"], listed["name"]) == (kept, "autumn")
