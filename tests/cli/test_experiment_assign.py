"""``adplat experiment assign``: the arm that the service would say, counts of a file, one line for wrong input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from adplat.cli import run
from adplat.domain import Experiment, ExperimentArm, ExperimentBook
from adplat.experiments import Assigner

EXPERIMENT: dict[str, Any] = {
    "experiment_id": "pictures",
    "arms": [{"name": "old", "creative_ids": ["c1"]}, {"name": "new", "weight": 3, "creative_ids": ["c2"]}],
    "campaign_ids": ["k1"],
}
USERS = [f"u{number}" for number in range(12)]


def written(folder: Path, content: object, name: str = "experiment.json") -> str:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["experiment", "assign", *arguments, "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_units_get_the_arm_that_the_service_would_give_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = answer(capsys, written(tmp_path, EXPERIMENT), *USERS)
    arms = (ExperimentArm("old", creative_ids=("c1",)), ExperimentArm("new", 3.0, ("c2",)))
    assigner = Assigner(ExperimentBook((Experiment("pictures", arms, campaign_ids=("k1",)),)))
    wanted = [assigner.units_of(user, "r").arm_of("pictures") for user in USERS]
    assert document["assigned"] == [
        {"unit": user, "arm": arm.name if arm else None} for user, arm in zip(USERS, wanted, strict=True)
    ]
    assert {one["arm"] for one in document["assigned"]} == {"old", "new"}


def test_a_file_of_units_is_counted_arm_by_arm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    units = written(tmp_path, "".join(f"u{number}\n\n" for number in range(8_000)), "units.txt")
    setup = written(tmp_path, EXPERIMENT | {"traffic": 0.5})
    document = answer(capsys, setup, "--units", units, "--holdout", "0.1", "--layer-holdout", "0.1")
    assert document["assigned"] == []
    old, new = document["arms"]
    assert old["units"] + new["units"] + document["not_in_it"] == 8_000
    assert (old["planned"], new["planned"]) == (0.25, 0.75)
    assert new["share"] == pytest.approx(0.75, abs=0.04)
    assert document["not_in_it"] == pytest.approx(8_000 * (1 - 0.5 * 0.81), abs=200)
    assert not document["srm"]["flagged"]


def test_a_set_up_in_yaml_around_the_experiment_says_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    around = yaml.safe_dump({"experiment": EXPERIMENT, "analysis": {}})
    plain = answer(capsys, written(tmp_path, EXPERIMENT), *USERS)
    assert answer(capsys, written(tmp_path, around, "setup.yaml"), *USERS) == plain


def test_a_person_reads_two_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["experiment", "assign", written(tmp_path, EXPERIMENT), "u1"]) == 0
    shown = capsys.readouterr().out
    assert "u1" in shown
    assert "not in it: 0" in shown


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"trafic": 0.5}, "did you mean 'traffic'"),
    ({"traffic": 2}, "share from 0 to 1"),
    ({"traffic": "half"}, "expected type"),
    ({"unit": "cookie"}, "cookie"),
    ({"arms": [{"name": "a"}, {"name": "b", "policy": "luck"}]}, "policy 'luck' is unknown"),
    ({"arms": [{"name": "a"}, {"name": "b", "creatives": []}]}, "'creative_ids'"),
    ({"layer_ranges": [{"first": 9, "end": 3}]}, "no range of a layer"),
    ({"campaign_ids": []}, "name the campaigns"),
]


@pytest.mark.parametrize(("change", "said"), WRONG)
def test_a_wrong_experiment_is_one_line_with_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], said: str
) -> None:
    path = written(tmp_path, EXPERIMENT | change)
    assert run(["experiment", "assign", path, "u1"]) == 2
    shown = capsys.readouterr().err.strip()
    assert said in shown
    assert path in shown
    assert "\n" not in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no unit"),
        ([""], "without a name"),
        (["--units", "{folder}/away.txt"], "no such file"),
        (["--units", "{folder}"], "cannot be read"),
        (["--units", "{folder}/noise.bin"], "not UTF-8"),
        (["u1", "--holdout", "2"], "a holdout of 2"),
        (["u1", "--layer-holdout", "nan"], "a holdout of nan"),
    ],
)
def test_wrong_units_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    (tmp_path / "noise.bin").write_bytes(b"\xff\xfe\n")
    told = [one.format(folder=tmp_path) for one in arguments]
    assert run(["experiment", "assign", written(tmp_path, EXPERIMENT), *told]) == 2
    shown = capsys.readouterr().err.strip()
    assert said in shown
    assert "\n" not in shown


def test_the_schema_names_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "experiment-assignment"]) == 0
    assert '"layer_ranges"' in capsys.readouterr().out
