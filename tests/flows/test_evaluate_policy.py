"""Policies judged on published logs, on lakes and by tables; and what is refused before anything is judged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from adplat.bandit.off_policy import ESTIMATORS, Evaluation
from adplat.data import Lake, import_open_bandit
from adplat.domain import ConfigRejected, MissingInput, TableRejected
from adplat.flows.bench_bandit_off_policy import written_out
from adplat.flows.evaluate_policy import evaluate_policy, evaluation_document
from adplat.flows.lake_log import read_lake_log
from tests.data.builders import real_data, refusal, silent

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLICK_RATES = {"c1": 0.1, "c2": 0.3, "c3": 0.5}


def judged(log: Path, **told: Any) -> Evaluation:
    return evaluate_policy(log, replicates=100, progress=silent, **told)


def page_log(folder: Path, *changes: tuple[str, int, str]) -> Path:
    """A published-looking campaign of two items on three slots; ``changes`` are (column, row, text)."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    rows = 400
    columns = {
        "timestamp": [f"2019-11-24 00:{row // 60:02d}:{row % 60:02d}+00:00" for row in range(rows)],
        "item_id": [str(item) for item in rng.integers(0, 2, rows)],
        "position": [str(1 + row % 3) for row in range(rows)],
        "click": [str(click) for click in (rng.random(rows) < 0.2).astype(int)],
        "propensity_score": ["0.5"] * rows,
        **{f"user_feature_{number}": list(rng.choice(["a", "b"], rows)) for number in range(4)},
        "user-item_affinity_0": ["0.0"] * rows,
        "user-item_affinity_1": ["1.0"] * rows,
    }
    for column, row, text in changes:
        columns[column][row] = text
    pl.DataFrame({"": range(rows), **columns}).write_csv(folder / "all.csv")
    (folder / "item_context.csv").write_text(
        ",item_id,item_feature_0,item_feature_1,item_feature_2,item_feature_3\n0,0,-0.5,x,y,z\n1,1,0.5,x,y,w\n"
    )
    return folder


def a_lake(folder: Path, rows: int = 3000, policy: str = "uniform", *, choices: bool = True) -> Path:
    """A workspace whose lake shows three creatives with known click rates, drawn evenly and served in any order."""
    rng = np.random.default_rng(1)
    names = list(CLICK_RATES)
    orders = [list(rng.permutation(names)) for _ in range(rows)]
    shown = [order[0] for order in orders]
    times = [NOON + timedelta(seconds=second) for second in range(rows)]
    ids = [f"d{row:05d}" for row in range(rows)]
    facts = {"decision_id": ids, "ts": times, "creative_id": shown, "propensity": [1 / 3] * rows}
    moment = {"user_key": [f"u{row % 500}" for row in range(rows)], "policy": [policy] * rows}
    lake = Lake(folder / "lake")
    lake.write("impressions", pl.DataFrame({**facts, **moment}), "p")
    clicked = [row for row in range(rows) if rng.random() < CLICK_RATES[shown[row]]]
    clicks = {"decision_id": [ids[row] for row in clicked], "ts": [times[row] for row in clicked]}
    lake.write("clicks", pl.DataFrame(clicks), "p")
    if choices:
        told = {"decision_id": ids, "ts": times, "candidates": orders}
        scores = {"p_ctr": [[CLICK_RATES[name] for name in order] for order in orders]}
        lake.write("choices", pl.DataFrame({**told, **scores, "propensities": [[1 / 3] * 3] * rows}), "p")
    return folder


def a_table(path: Path, rows: list[Any], probabilities: list[float | None]) -> Path:
    frame = pl.DataFrame({"row": rows, "probability": probabilities})
    frame.write_csv(path) if path.suffix == ".csv" else frame.write_parquet(path)
    return path


@pytest.mark.parametrize("name", ["random/all", "bts/men", "bts/women"])
def test_published_logs_give_the_formulas_written_out(name: str) -> None:
    folder = real_data("open_bandit") / name
    found = judged(folder, policy_name="uniform")
    ours = (found.estimates["ipw"].value, found.estimates["snipw"].value, found.weights.ess)
    assert ours == pytest.approx(written_out(pl.read_csv(folder / f"{folder.name}.csv")), rel=1e-9)


def test_the_log_that_one_row_rules_is_refused() -> None:
    document = evaluation_document("uniform", judged(real_data("open_bandit") / "bts/women", policy_name="uniform"))
    assert document["estimators"]["ipw"]["value"] == pytest.approx(0.007437578, abs=5e-10)
    assert document["estimators"]["snipw"]["value"] == pytest.approx(0.002373046, abs=5e-10)
    assert document["ess"] == pytest.approx(2.08, abs=0.005)
    assert document["max_weight"] == pytest.approx(21739.13, abs=0.005)
    assert document["verdict"] == "refused"
    assert ["effective sample size" in reason or "one row holds" in reason for reason in document["reasons"]] == [
        True
    ] * 2


def test_a_published_and_an_imported_folder_are_the_same_log(tmp_path: Path) -> None:
    folder = page_log(tmp_path / "random" / "all")
    import_open_bandit(folder, tmp_path / "imported", progress=silent)
    assert judged(folder, policy_name="uniform") == judged(tmp_path / "imported", policy_name="uniform")


def test_the_document_has_exactly_the_agreed_keys(tmp_path: Path) -> None:
    document = evaluation_document("uniform", judged(page_log(tmp_path / "log"), policy_name="uniform"))
    wanted = ["policy", "n", "estimators", "ess", "max_weight", "max_weight_share", "verdict", "reasons"]
    assert list(document) == wanted
    assert list(document["estimators"]) == ["ipw", "snipw", "dm", "dr", "switch_dr", "dros"]
    assert all(list(one) == ["value", "ci"] for one in document["estimators"].values())
    assert (document["verdict"], document["reasons"], document["n"]) == ("ok", [], 400)
    for one in document["estimators"].values():
        assert one["ci"][0] < one["value"] < one["ci"][1]


def test_the_bernstein_interval_stands_there_when_asked_for(tmp_path: Path) -> None:
    found = judged(page_log(tmp_path / "log"), policy_name="uniform")
    told = evaluation_document("uniform", found, "bernstein")["estimators"]
    assert told["ipw"]["ci"] != evaluation_document("uniform", found)["estimators"]["ipw"]["ci"]
    assert told["snipw"]["ci"] is None
    with pytest.raises(ConfigRejected, match="unknown interval"):
        evaluation_document("uniform", found, "wald")


def test_equal_seeds_give_equal_documents(tmp_path: Path) -> None:
    log = page_log(tmp_path / "log")
    one, same, other = (judged(log, policy_name="uniform", seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one.estimates["dr"] != other.estimates["dr"]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("first", [0, 1])
def test_a_table_of_a_policy_gives_what_its_name_gives(tmp_path: Path, suffix: str, first: int) -> None:
    log = page_log(tmp_path / "log")
    rows = list(range(first, 400 + first))[::-1]  # in any order
    found = judged(log, table=a_table(tmp_path / f"uniform{suffix}", rows, [0.5] * 400))
    named = judged(log, policy_name="uniform")
    assert found.is_direct
    for name in ESTIMATORS:
        assert found.estimates[name].value == pytest.approx(named.estimates[name].value, rel=1e-9)


def test_a_table_names_decisions_and_tells_only_logged_actions(tmp_path: Path) -> None:
    workspace = a_lake(tmp_path)
    shown = Lake(workspace / "lake").scan("impressions").collect().sort("ts")
    alternating = [0.8 if (row % 2 == 0) == (name == "c3") else 0.1 for row, name in enumerate(shown["creative_id"])]
    found = judged(workspace, table=a_table(tmp_path / "t.parquet", shown["decision_id"].to_list(), alternating))
    # In even rows c3 with 0.8 and the others with 0.1 each; in odd ones the other way round, which sums to 1.7.
    assert not found.is_direct
    assert found.verdict == "refused"
    assert "no policy" in found.reasons[0]
    assert all(one.value is not None and np.isfinite(one.value) for one in found.estimates.values())


def test_a_policy_known_by_its_logged_actions_is_judged_near_its_truth(tmp_path: Path) -> None:
    workspace = a_lake(tmp_path, rows=6000)
    shown = Lake(workspace / "lake").scan("impressions").collect().sort("ts")
    rate = [0.8, 0.1]  # c3 in the rows of even seconds, c1 in the others
    table = [
        rate[0] if name == ("c3" if row % 2 == 0 else "c1") else rate[1]
        for row, name in enumerate(shown["creative_id"])
    ]
    found = judged(workspace, table=a_table(tmp_path / "t.parquet", list(range(6000)), table))
    truth = 0.5 * (0.8 * 0.5 + 0.1 * 0.1 + 0.1 * 0.3) + 0.5 * (0.8 * 0.1 + 0.1 * 0.3 + 0.1 * 0.5)
    assert found.verdict == "ok"
    for name in ("ipw", "snipw", "dr", "switch_dr", "dros"):
        one = found.estimates[name]
        assert one.bootstrap is not None
        assert not one.bootstrap.excludes(truth), name
        assert one.value == pytest.approx(truth, abs=0.03), name


@pytest.mark.parametrize("place", ["", "lake"])
def test_a_lake_is_found_from_its_folder_and_from_around_it(tmp_path: Path, place: str) -> None:
    found = judged(a_lake(tmp_path) / place, policy_name="uniform")
    assert found.rows == 3000
    assert found.weights.ess == pytest.approx(3000)
    assert found.coverage.impossible == 0.0


def test_the_order_of_serving_makes_no_other_candidates(tmp_path: Path) -> None:
    log, policies = read_lake_log(Lake(a_lake(tmp_path) / "lake"))
    assert log.offered is not None
    assert [list(members) for members in log.offered.sets] == [[0, 1, 2]]
    assert log.offered.p_ctr is not None
    assert log.offered.p_ctr.reshape(-1, 3).tolist() == [[0.1, 0.3, 0.5]] * 3000
    assert log.groups is not None
    assert len(set(log.groups.tolist())) == 500
    assert set(policies) == {"uniform"}


def test_a_policy_that_learns_is_worth_more_than_the_uniform_log(tmp_path: Path) -> None:
    workspace = a_lake(tmp_path)
    for name in ("thompson-without-prior", "thompson-with-prior"):
        found = judged(workspace, policy_name=name)
        assert found.verdict == "ok"
        assert found.estimates["dr"].bootstrap is not None
        assert found.estimates["dr"].bootstrap.low > found.logged_value
        assert found.estimates["dr"].value == pytest.approx(0.5, abs=0.08)  # c3 is found soon


def test_uniform_needs_no_candidates_where_it_made_the_log(tmp_path: Path) -> None:
    found = judged(a_lake(tmp_path / "a", choices=False), policy_name="uniform")
    assert found.estimates["ipw"].value == pytest.approx(found.logged_value)
    with pytest.raises(ConfigRejected, match="does not tell what stood for choice"):
        judged(a_lake(tmp_path / "b", policy="thompson-with-prior", choices=False), policy_name="uniform")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("propensity_score", 7, "0.0"), "row all-00000007 has a propensity outside"),
        (("propensity_score", 7, "1.5"), "row all-00000007 has a propensity outside"),
        (("propensity_score", 7, ""), "row 8 has no 'propensity'"),
        (("click", 7, "3"), "row all-00000007 has a reward outside"),
        (("position", 7, "-1"), "row all-00000007 has position -1"),
    ],
)
def test_a_bad_log_is_refused_in_one_line(tmp_path: Path, change: tuple[str, int, str], message: str) -> None:
    log = page_log(tmp_path / "log", change)
    assert message in refusal(TableRejected, lambda: judged(log, policy_name="uniform"))


def test_a_policy_that_learns_is_refused_a_log_out_of_order(tmp_path: Path) -> None:
    log = page_log(tmp_path / "log", ("timestamp", 7, "2019-11-23 00:00:00+00:00"))
    assert judged(log, policy_name="uniform").verdict == "ok"
    line = refusal(TableRejected, lambda: judged(log, policy_name="thompson-without-prior"))
    assert "row all-00000007 is earlier than the row before" in line


def test_equal_rows_at_whole_seconds_are_choices_of_their_own(tmp_path: Path) -> None:
    log = page_log(tmp_path / "log")
    lines = (log / "all.csv").read_text().splitlines()
    (log / "all.csv").write_text("\n".join([*lines[:9], lines[8], *lines[9:]]) + "\n")
    assert judged(log, policy_name="uniform").rows == 401


def test_a_row_twice_is_refused(tmp_path: Path) -> None:
    log = page_log(tmp_path / "log", ("timestamp", 7, "2019-11-24 00:00:07.500000+00:00"))
    lines = (log / "all.csv").read_text().splitlines()
    (log / "all.csv").write_text("\n".join([*lines[:9], lines[8], *lines[9:]]) + "\n")
    line = refusal(TableRejected, lambda: judged(log, policy_name="uniform"))
    assert "row all-00000007 stands in the log twice" in line


def test_an_impression_without_propensity_is_refused(tmp_path: Path) -> None:
    workspace = a_lake(tmp_path)
    bare = {"decision_id": ["late"], "ts": [NOON + timedelta(days=1)], "creative_id": ["c1"]}
    Lake(workspace / "lake").write("impressions", pl.DataFrame(bare), "q")
    line = refusal(TableRejected, lambda: judged(workspace, policy_name="uniform"))
    assert "impression late has no 'propensity' (1 of 3,001)" in line


@pytest.mark.parametrize(
    ("rows", "probabilities", "message"),
    [
        (list(range(399)), [0.5] * 399, "no probability for row 399"),
        ([*range(399), 3], [0.5] * 400, "2 probabilities for row 3"),
        ([*range(399), 400], [0.5] * 400, "row 400 is not in the log of 400 rows"),
        ([*range(399), None], [0.5] * 400, "1 rows have no 'row'"),
        (list(range(400)), [*[0.5] * 399, None], "1 rows have no 'probability'"),
        (list(range(400)), [*[0.5] * 399, 1.5], "row all-00000399 has no probability between 0 and 1"),
        ([str(row) for row in range(400)], [0.5] * 400, "row '0' is not in the log"),
        ([0.5] * 400, [0.5] * 400, "column 'row' holds type Float64"),
    ],
)
def test_a_bad_table_is_refused_in_one_line(
    tmp_path: Path, rows: list[Any], probabilities: list[float | None], message: str
) -> None:
    log = page_log(tmp_path / "log")
    table = a_table(tmp_path / "t.parquet", rows, probabilities)
    assert message in refusal(TableRejected, lambda: judged(log, table=table))


def test_what_is_asked_for_must_be_clear(tmp_path: Path) -> None:
    log = page_log(tmp_path / "log")
    (tmp_path / "empty").mkdir()
    for told in ({}, {"policy_name": "uniform", "table": tmp_path / "t.csv"}):
        assert "give either a policy by name or a policy table" in refusal(
            ConfigRejected, lambda t=told: judged(log, **t)
        )
    assert "unknown policy" in refusal(ConfigRejected, lambda: judged(log, policy_name="greedy"))
    assert "reads a pCTR" in refusal(ConfigRejected, lambda: judged(log, policy_name="thompson-with-prior"))
    assert "no such folder" in refusal(MissingInput, lambda: judged(tmp_path / "x", policy_name="uniform"))
    assert "neither a lake nor" in refusal(MissingInput, lambda: judged(tmp_path / "empty", policy_name="uniform"))
