"""``adplat experiment …``: one document out, one line when the input is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from adplat.cli import run
from tests.data.builders import world_folder

SPEC: dict[str, Any] = {
    "metric": {"name": "ctr", "kind": "proportion", "direction": "higher"},
    "method": "fixed",
    "difference": "relative",
    "allocation": [0.5, 0.5],
    "arms": [{"name": "control", "n": 12_000, "sum": 84.0}, {"name": "bright", "n": 12_100, "sum": 131.0}],
}
PLAN = {"metric": SPEC["metric"], "baseline": {"mean": 0.007}, "effect": 0.2, "daily_units": 5000}


def written(folder: Path, content: object, name: str = "spec.json") -> str:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_one_document_with_every_field(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["experiment", "analyze", written(tmp_path, SPEC), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert list(document) == ["srm", "arms", "comparisons", "decision"]
    assert list(document["srm"]) == ["statistic", "df", "p_value", "flagged"]
    assert [list(arm) for arm in document["arms"]] == [["name", "n", "estimate", "ci"]] * 2
    assert list(document["comparisons"][0]) == [
        "control",
        "treatment",
        "estimate",
        "ci",
        "std_error",
        "p_value",
        "p_value_adjusted",
        "chance_to_beat",
        "expected_loss",
        "warnings",
    ]
    assert document["decision"]["verdict"] == "winner"


def test_yaml_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for path in (written(tmp_path, SPEC), written(tmp_path, yaml.safe_dump(SPEC), "spec.yaml")):
        assert run(["experiment", "analyze", path, "--json"]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]


def test_a_person_reads_a_table_and_a_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["experiment", "analyze", written(tmp_path, SPEC)]) == 0
    shown = capsys.readouterr().out
    assert "verdict: winner, bright" in shown
    assert "0.007" in shown


def test_a_plan_as_a_document_and_as_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, PLAN)
    assert run(["experiment", "plan", path, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["power"] == pytest.approx(0.8, abs=1e-6)
    assert run(["experiment", "plan", path]) == 0
    assert f"{document['units_per_arm'][0]:,}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not valid JSON"),
        ("[]", "holds no object"),
        ('{"metric": 1, "metric": 2}', "given twice"),
        ({**SPEC, "metod": "fixed"}, "unknown field `metod`"),
        ({**SPEC, "arms": SPEC["arms"][:1]}, "1 arms"),
        ({**SPEC, "arms": [{"name": "a", "n": 9, "sum": float("nan")}, SPEC["arms"][1]]}, "sum is nan"),
        ({**SPEC, "arms": [{"name": "a", "n": 9, "sum": None}, SPEC["arms"][1]]}, "sum is missing"),
    ],
)
def test_one_line_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: object, said: str
) -> None:
    path = written(tmp_path, content)
    assert run(["experiment", "analyze", path, "--json"]) == 2
    shown = capsys.readouterr()
    (line,) = shown.err.splitlines()
    assert said in line
    assert path in line
    assert json.loads(shown.out)["error"]["hint"]


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("analyze", "plan"):
        assert run(["experiment", command, str(tmp_path / "none.json")]) == 2
        assert "no such file" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["experiment", "experiment-adaptive", "experiment-plan"])
def test_the_documents_have_a_schema(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", name]) == 0
    assert "$defs" in json.loads(capsys.readouterr().out)


ROWS = {
    "metric": {"name": "ctr", "kind": "proportion"},
    "data": {
        "measure": "clicks",
        "unit": "decision_id",
        "arms": {"column": "creative_id", "values": {"control": ["c0", "c1", "c2"], "bright": ["c3", "c4"]}},
        "dimensions": ["device"],
    },
}


def test_rows_of_a_world_take_the_place_of_sums(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world, path = world_folder(tmp_path / "world"), written(tmp_path, ROWS)
    assert run(["experiment", "analyze", path, "--lake", str(world), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert list(document) == ["srm", "arms", "comparisons", "decision", "data", "dimensions"]
    assert document["data"]["units"] == sum(arm["n"] for arm in document["arms"]) > 1000
    assert run(["experiment", "analyze", path, "--lake", str(world / "lake")]) == 0
    shown = capsys.readouterr().out
    assert "by device" in shown
    assert f"{document['data']['rows']:,} showings" in shown
    assert "of other arms" in shown


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"arms": {"column": "creative_id", "values": ["c0"]}}, "1 arms"),
        ({"arms": {"values": ["c0", "c1"]}}, "experiment and column"),
        ({"arms": {"column": "creative_id", "values": {"a": "c0", "b": ["c0"]}}}, "two arms"),
        ({"measure": "click"}, "click"),
        ({"per": "impressions"}, "with per"),
        ({"since": "2026-03-01T00:00:00"}, "no time zone"),
        ({"since": "2026-03-02T00:00:00Z", "until": "2026-03-01T00:00:00Z"}, "not before"),
        ({"covariate_days": 3}, "without since"),
        ({"maturity": "correct"}, "comes late"),
        ({"maturity_days": 0}, "maturity_days is 0"),
        ({"invalid_traffic": {"most_click_rate": -1}}, "most_click_rate is -1"),
        ({"filter": {}}, "unknown field `filter`"),
        ({"filters": {"device": "fridge"}}, "no showing"),
    ],
)
def test_one_line_says_what_is_wrong_with_a_question_to_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: dict[str, Any], said: str
) -> None:
    path = written(tmp_path, {**ROWS, "data": {**ROWS["data"], **data}})
    assert run(["experiment", "analyze", path, "--lake", str(world_folder(tmp_path / "world", 300)), "--json"]) == 2
    shown = capsys.readouterr()
    (line,) = shown.err.splitlines()
    assert said in line
    assert json.loads(shown.out)["error"]["hint"]


def test_rows_need_a_lake_and_sums_have_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows, sums = written(tmp_path, ROWS), written(tmp_path, SPEC, "sums.json")
    (tmp_path / "elsewhere").mkdir()
    beside = {**ROWS, "data": {**ROWS["data"], "lake": "none"}}  # a path from the specification's folder
    rows_elsewhere = written(tmp_path / "elsewhere", beside)
    both = written(tmp_path, {**SPEC, "data": ROWS["data"]}, "both.json")
    for arguments, said in (
        ([rows], "no lake is told"),
        ([rows, "--lake", str(tmp_path)], "no impressions"),
        ([rows, "--lake", str(tmp_path / "none")], "no such folder"),
        ([rows_elsewhere], str(tmp_path / "elsewhere" / "none")),
        ([sums, "--lake", str(tmp_path)], "arms that have sums"),
        ([both], "both arms and data"),
    ):
        assert run(["experiment", "analyze", *arguments]) == 2
        assert said in capsys.readouterr().err


def test_a_test_that_a_bandit_ran_is_the_same_document_and_says_what_arms_are_worth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"arm": "ab"[row % 3 % 2], "reward": int(row % 7 == 0), "propensity_a": 2 / 3, "propensity_b": 1 / 3}
        for row in range(900)
    ]
    spec = {"metric": SPEC["metric"], "allocation": "adaptive", "arms": [{"name": "a"}, {"name": "b"}], "rows": rows}
    path = written(tmp_path, spec)
    assert run(["experiment", "analyze", path, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert list(document)[:4] == ["srm", "arms", "comparisons", "decision"]
    assert run(["experiment", "analyze", path]) == 0
    assert "worth so many even units: a 600, b 300" in capsys.readouterr().out
