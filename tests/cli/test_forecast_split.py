"""``adplat forecast split|advise``: tables, documents, pictures, and one line where the input is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adplat.cli import run
from tests.forecast.spend_curves import UNIT, forecast, quantiles


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written("shoes.json", forecast("shoes", most=400, half=150, sd=0.05))
    written("hats.json", forecast("hats", most=60, half=40, sd=0.05))


def written(name: str, document: dict[str, Any]) -> None:
    Path(name).write_text(json.dumps(document))


SPLIT = ["forecast", "split", "shoes.json", "hats.json", "--budget", str(200 * UNIT), "--objective", "clicks"]


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run([*arguments, "--json"]) == 0, capsys.readouterr().err
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(list(arguments)) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("adplat:")]
    assert len(lines) == 1
    return lines[0]


def test_a_split_adds_up_and_gains(capsys: pytest.CaptureFixture[str]) -> None:
    told = document(capsys, *SPLIT)
    shoes, hats = told["campaigns"]
    assert shoes["advised_micros"] + hats["advised_micros"] == told["budget_micros"] == 200 * UNIT
    assert told["unspent_micros"] == 0
    assert shoes["today_micros"] == shoes["proportional_micros"] == 100 * UNIT
    assert shoes["advised_micros"] > 120 * UNIT
    assert told["gain"]["low"] > 0.0
    assert told["currency"] == "EUR"
    # At the optimum one more click costs about the same in both: a curve may have a kink there.
    assert shoes["marginal_cost_micros"]["value"] == pytest.approx(hats["marginal_cost_micros"]["value"], rel=0.1)
    assert [one["kind"] for one in told["advice"]] == ["split", "next_money"]
    assert told["next_money"]["micros"] == 20 * UNIT
    assert told == document(capsys, *SPLIT)


def test_bounds_hold_and_groups_too(capsys: pytest.CaptureFixture[str]) -> None:
    told = document(capsys, *SPLIT, "--at-least", f"hats={90 * UNIT}", "--at-most", f"hats,shoes={150 * UNIT}")
    shoes, hats = told["campaigns"]
    assert hats["advised_micros"] == 90 * UNIT
    assert hats["held_by"] == "at_least"
    assert shoes["advised_micros"] == 60 * UNIT
    assert told["unspent_micros"] == 50 * UNIT


def test_a_person_gets_a_table_a_sentence_and_a_picture(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*SPLIT, "--picture", "split.png"]) == 0
    said = capsys.readouterr()
    assert "shoes" in said.out
    assert "Split 200.00 EUR anew" in said.out
    assert "重新分配" in said.out
    assert "wrote split.png" in said.err
    assert Path("split.png").read_bytes().startswith(b"\x89PNG")


def test_what_cannot_be_used_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [*SPLIT]
    arguments[5] = str(1_000 * UNIT)
    assert run(arguments) == 0
    said = capsys.readouterr().err
    assert "400.00 EUR are left" in said
    assert "shoes, hats would use more than was replayed" in said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--objective", "fame"], "unknown objective 'fame'"),
        (["--at-least", "hats"], "'hats' is no bound"),
        (["--at-least", "hats=1.5"], "'hats=1.5' is no bound"),
        (["--at-least", "boots=1"], "no campaign 'boots'"),
        (["--at-least", f"hats={150 * UNIT}", "--at-least", f"shoes={150 * UNIT}"], "must have 300,000,000"),
        (["--picture", "split.gif"], "cannot end in '.gif'"),
    ],
)
def test_a_wrong_question_is_one_line(capsys: pytest.CaptureFixture[str], more: list[str], said: str) -> None:
    assert said in refusal(capsys, *SPLIT, *more)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"refused": True, "reasons": [{"reason": "too_few_requests"}]}, "too_few_requests"),
        ({"plan": {"name": "hats", "currency": "USD"}}, "money in EUR and in USD"),
        ({"curve": []}, "two points"),
        ({"total": {"clicks": None}}, "does not know clicks"),
        ({"total": {"clicks": quantiles(3)}}, "total.spend_micros"),
    ],
)
def test_a_forecast_that_cannot_be_split_is_one_line(
    capsys: pytest.CaptureFixture[str], changed: dict[str, Any], said: str
) -> None:
    written("hats.json", forecast("hats") | changed)
    line = refusal(capsys, *SPLIT)
    assert said in line
    assert "hats.json" in line


def test_two_plans_of_one_name_are_told_apart_by_their_files(capsys: pytest.CaptureFixture[str]) -> None:
    written("hats.json", forecast("shoes"))
    assert [one["name"] for one in document(capsys, *SPLIT)["campaigns"]] == ["shoes", "hats"]
    Path("spring").mkdir()
    written("spring/hats.json", forecast("hats"))
    written("hats.json", forecast("hats"))
    assert "two campaigns are called 'hats'" in refusal(capsys, *SPLIT, "spring/hats.json")
    assert "given twice" in refusal(capsys, *SPLIT, "./hats.json")


def test_advice_on_one_campaign(capsys: pytest.CaptureFixture[str]) -> None:
    creatives = [
        {"creative_id": "good", "click_rate": 0.02, "click_log_sd": 0.1},
        {"creative_id": "bad", "click_rate": 0.01, "click_log_sd": 0.1},
    ]
    written("shoes.json", forecast("shoes", creatives=creatives))
    other = forecast("shoes", most=150)
    other["plan"]["bid"]["target_micros"] = 1_100_000
    written("dearer.json", other)
    arguments = ["forecast", "advise", "shoes.json", "--what-if", "dearer.json", "--objective", "clicks"]
    told = document(capsys, *arguments)
    assert [one["kind"] for one in told["advice"]] == ["next_money", "what_if", "pause_creative", "pause_creative"]
    assert told["advice"][1]["en"].startswith("Bid +10 %: ")
    assert told["worth_saying"] == 3
    assert run(arguments) == 0
    said = capsys.readouterr()
    assert "Pause bad" in said.out
    assert "Keep good" not in said.out
    assert "1 more would bring no gain" in said.err
