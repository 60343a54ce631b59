"""``adplat forecast run``: tables for people, one document for programs, files on request."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adplat.cli import run
from adplat.domain import ManualClock
from adplat.forecast import plan_difference
from tests.flows.campaign_market import a_plan, written_market
from tests.flows.past_forecasts import past


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


def test_a_seed_below_nothing_is_the_callers_mistake(market: Path, tmp_path: Path) -> None:
    assert run(["forecast", "run", str(a_plan(tmp_path)), "--data", str(market), "--seed", "-1"]) == 2


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # The flight has not begun: a forecast that is made when it is over could not be kept.
    monkeypatch.setattr("adplat.bootstrap.machine.SystemClock", lambda: ManualClock(datetime(2026, 9, 21, tzinfo=UTC)))
    return tmp_path / "ws"


def test_a_kept_forecast_is_what_was_printed(
    market: Path, tmp_path: Path, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["forecast", "run", str(a_plan(tmp_path, campaign_id="k0000")), "--data", str(market)]
    assert run([*words, "--keep", "--workspace", str(workspace), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert run(["forecast", "show", printed["forecast_id"], "--workspace", str(workspace), "--json"]) == 0
    kept = json.loads(capsys.readouterr().out)
    assert kept["document"] == {name: value for name, value in printed.items() if name != "forecast_id"}
    assert kept["slices"] == printed["slices"]
    assert kept["slices"].items() >= {"budget": "tight", "advertiser": "known", "creatives": "known"}.items()
    assert kept["slices"].items() >= {"flight": "long", "caps": "none", "bid": "cpm"}.items()
    assert kept["campaign_id"] == "k0000"
    assert run([*words, "--keep", "--workspace", str(workspace)]) == 0
    said = capsys.readouterr().err
    assert f"kept as {printed['forecast_id']}" in said
    assert "attach" not in said
    assert run(["forecast", "run", str(a_plan(tmp_path)), *words[3:], "--keep", "--workspace", str(workspace)]) == 0
    assert "adplat forecast attach f20260921-" in capsys.readouterr().err


def test_a_refusal_is_told_and_not_kept(
    market: Path, tmp_path: Path, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["forecast", "run", str(a_plan(tmp_path, end="2027-03-24")), "--data", str(market)]
    assert run([*words, "--keep", "--workspace", str(workspace), "--json"]) == 0
    seen = capsys.readouterr()
    document = json.loads(seen.out)
    assert (document["refused"], document["forecast_id"]) == (True, None)
    assert seen.err.count("not kept: ") == 1
    assert run(["forecast", "list", "--workspace", str(workspace), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"forecasts": []}


def test_the_document_names_what_a_changed_plan_differs_in(
    market: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for bid in (20_000_000, 24_000_000):
        plan = a_plan(tmp_path, bid={"kind": "cpm", "target_micros": bid})
        assert run(["forecast", "run", str(plan), "--data", str(market), "--json"]) == 0
        told.append(json.loads(capsys.readouterr().out))
    assert plan_difference(told[0], told[1], "").en == "Bid +20 %"
    assert told[0]["plan"]["creatives"] == ["c000000", "c000001"]
    assert told[0]["plan"].keys() >= {"targeting", "frequency_caps", "campaign_id"}
    assert all(one["conversion_log_sd"] > 0.0 for one in told[0]["creatives"])


def test_what_was_learned_is_taken_by_itself_unless_none_is_asked_for(
    market: Path, tmp_path: Path, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--workspace", str(workspace), "--json"]
    words = ["forecast", "run", str(a_plan(tmp_path)), "--data", str(market), *at]
    assert run(["db", "upgrade", *at]) == 0
    capsys.readouterr()
    assert run(["forecast", "learn", *at]) == 0
    nothing = json.loads(capsys.readouterr().out)
    assert (nothing["campaigns"], nothing["correction"]) == (0, None)
    assert run(["forecast", "learn", *at[:2]]) == 0
    assert "nothing is learned from 0 campaigns: it takes 40" in capsys.readouterr().err
    assert not (workspace / "forecast" / "correction.json").exists()
    lines = tmp_path / "past.jsonl"
    lines.write_text("\n".join(json.dumps(row) for row in past(60, 2.0)))
    assert run(["forecast", "learn", str(lines), *at]) == 0
    learned = json.loads(capsys.readouterr().out)
    assert learned["correction"] == str(workspace / "forecast" / "correction.json")
    told = {}
    for name, more in {"by itself": [], "none": ["--correction", "none"]}.items():
        assert run([*words, *more]) == 0
        told[name] = json.loads(capsys.readouterr().out)
    assert told["by itself"]["inputs"]["correction_id"] == learned["correction_id"] != ""
    assert told["none"]["inputs"]["correction_id"] == ""
    assert told["by itself"]["total"]["clicks"]["p50"] > told["none"]["total"]["clicks"]["p50"]
    # What is learned from stays what it was, corrected or not.
    assert told["by itself"]["raw"] == told["none"]["raw"]


def test_a_person_reads_what_helped(tmp_path: Path, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = tmp_path / "past.jsonl"
    lines.write_text("\n".join(json.dumps(row) for row in past(60, 2.0)))
    assert run(["forecast", "learn", str(lines), "--workspace", str(workspace)]) == 0
    seen = capsys.readouterr()
    [row] = [line.split() for line in seen.out.splitlines() if "offsets" in line]
    assert [word for word in row if word.isalnum()][:4] == ["clicks", "60", "offsets", "45"]
    assert "wrote" in seen.err


def test_a_campaign_that_nobody_knows_is_refused_in_one_line(
    market: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["forecast", "run", str(a_plan(tmp_path, campaign_id="k00000")), "--data", str(market)]) == 2
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("adplat: ")]
    assert "campaign 'k00000' is not in the catalogue" in line
    assert "campaign_id" in line and "did you mean 'k0000'?" in line
