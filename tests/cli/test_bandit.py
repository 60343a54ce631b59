"""``adplat bandit evaluate`` as people and programs call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adplat.bandit import POLICIES
from adplat.cli import run
from tests.flows.test_evaluate_policy import a_lake, a_table, page_log


def test_one_document_on_stdout_and_a_refusal_is_a_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = page_log(tmp_path / "log", ("propensity_score", 5, "0.000001"))
    assert run(["bandit", "evaluate", str(log), "--policy", "uniform", "--json"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    document = json.loads(out)
    assert document["policy"] == "uniform"
    assert document["verdict"] == "refused"
    assert document["max_weight"] == pytest.approx(500_000)
    assert len(document["reasons"]) == 2


def test_people_get_a_table_and_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bandit", "evaluate", str(a_lake(tmp_path)), "--policy", "thompson-without-prior"]) == 0
    out = capsys.readouterr().out
    assert "switch_dr" in out
    assert "effective sample size" in out
    assert out.splitlines()[-1].startswith("ok: thompson-without-prior would have earned 0.")


def test_policies_are_listed_with_what_they_read_and_their_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bandit", "policies", "--json"]) == 0
    listed = {one["name"]: one for one in json.loads(capsys.readouterr().out)["policies"]}
    assert list(listed) == list(POLICIES)
    assert listed["epsilon-greedy"]["settings"] == {"epsilon": 0.1, "exploration_floor": None}
    assert listed["lin-ucb"]["reads"] == ["clicks", "predictions", "vectors"]
    assert listed["uniform"]["reads"] == [] and listed["uniform"]["settings"] == {}
    assert run(["bandit", "policies"]) == 0
    said = capsys.readouterr().out
    assert "linear-thompson" in said
    assert "None" not in said


def test_a_table_is_named_by_its_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = a_table(tmp_path / "new.csv", list(range(400)), [0.5 if row % 2 else 0.4 for row in range(400)])
    words = ["bandit", "evaluate", str(page_log(tmp_path / "log")), "--policy-table", str(table), "--json"]
    assert run(words) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["policy"] == str(table)
    assert "dm averages the model over these alone" in captured.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "give either a policy by name or a policy table"),
        (("--policy", "thompson"), "unknown policy 'thompson'"),
        (("--policy", "uniform", "--interval", "wald"), "unknown interval 'wald'"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str
) -> None:
    assert run(["bandit", "evaluate", str(page_log(tmp_path / "log")), *words, "--json"]) == 2
    captured = capsys.readouterr()
    assert message in json.loads(captured.out)["error"]["what"]
    assert sum(line.startswith("adplat: ") for line in captured.err.splitlines()) == 1


def test_a_policy_in_a_world_is_one_document_and_several_are_a_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "world.yaml"
    config.write_text(
        "{name: cli, start: 2026-09-07, days: 2, advertisers: 2, campaigns_per_advertiser: 1,"
        " creatives_per_campaign: 4, users: 100, impressions: 400, click_rate: 0.1}"
    )
    world = tmp_path / "world"
    assert run(["simulate", str(config), "--out", str(world), "--json"]) == 0
    capsys.readouterr()
    words = ["bandit", "simulate", str(world), "--requests", "200", "--policy", "uniform"]
    assert run([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["policy"], document["requests"], document["bundle"]) == ("uniform", 200, "none")
    picture = tmp_path / "regret.svg"
    assert run([*words, "--policy", "thompson-without-prior", "--picture", str(picture), "--json"]) == 0
    several = json.loads(capsys.readouterr().out)["policies"]
    assert [one["policy"] for one in several] == ["uniform", "thompson-without-prior"]
    assert picture.is_file()
    assert run([*words, "--picture", "regret.gif", "--json"]) == 2
    assert "names no picture" in json.loads(capsys.readouterr().out)["error"]["what"]
