"""Rows say what their sums say, whatever is wrong with some of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from adplat.domain import ConfigRejected, InputError, MissingInput, TableRejected
from adplat.experiments import analyze, parse_spec
from adplat.flows.analyze_rows import analyze_rows
from tests.flows.exposure_lake import (
    ARMS,
    DAYS_BEFORE,
    START,
    Asked,
    Told,
    corrected_arms,
    messy_lake,
    summed_arms,
    units,
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return messy_lake(tmp_path_factory.mktemp("messy") / "lake")


def question(told: Told, kind: str, measure: str, *, settings: dict[str, Any] | None = None, **data: Any) -> Any:
    metric = {"name": "m", "kind": kind} | ({"quantile": 0.8} if kind == "quantile" else {})
    rows = {
        "lake": str(told.lake.root),
        "measure": measure,
        "arms": {"column": "creative_id", "values": ARMS},
        "since": START.isoformat(),
        "invalid_traffic": {"most_impressions_a_day": 100},
        **data,
    }
    content = {"metric": metric, "data": rows, **(settings or {})}
    return parse_spec(json.loads(json.dumps(content)), where="spec")


def answer(told: Told, kind: str, measure: str, **more: Any) -> dict[str, Any]:
    document = analyze_rows(question(told, kind, measure, **more))
    json.dumps(document, allow_nan=False)
    return document


def from_sums(arms: list[dict[str, Any]], kind: str, **settings: Any) -> dict[str, Any]:
    metric = {"name": "m", "kind": kind} | ({"quantile": 0.8} if kind == "quantile" else {})
    return analyze(parse_spec({"metric": metric, "arms": arms, **settings}, where="spec"))


def close(one: Any, other: Any, path: str = "") -> None:
    """Equal but for 1e-12 of each number."""
    if isinstance(one, dict):
        assert list(one) == list(other), path
        for name in one:
            close(one[name], other[name], f"{path}.{name}")
    elif isinstance(one, (list, tuple)):
        assert len(one) == len(other), path
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            close(left, right, f"{path}[{number}]")
    elif isinstance(one, float) and other is not None:
        assert one == pytest.approx(other, rel=1e-12, abs=1e-15), path
    else:
        assert one == other, path


CASES: dict[str, tuple[Asked, dict[str, Any]]] = {
    "click rate of users": (Asked("proportion", "clicks"), {}),
    "click rate of showings": (Asked("proportion", "clicks", unit="decision_id"), {"unit": "decision_id"}),
    "clicks per showing": (Asked("ratio", "clicks", per="impressions"), {"per": "impressions"}),
    "with what was before": (
        Asked("ratio", "clicks", per="impressions", covariate=True),
        {"per": "impressions", "covariate_days": DAYS_BEFORE},
    ),
    "a mean with what was before": (Asked("mean", "clicks", covariate=True), {"covariate_days": DAYS_BEFORE}),
    "buyers": (Asked("proportion", "conversions", window_days=3.0), {"maturity_days": 3}),
    "one kind of buyers": (
        Asked("proportion", "conversions", window_days=3.0, conversion_kind="buy"),
        {"maturity_days": 3, "conversion_kind": "buy"},
    ),
    "value of users": (Asked("mean", "value_micros", window_days=4.0), {"maturity_days": 4}),
    "after a week unless told": (Asked("mean", "value_micros", window_days=7.0), {}),
    "value in strata": (
        Asked("mean", "value_micros", window_days=3.0, strata="region"),
        {"maturity_days": 3, "strata": "region"},
    ),
    "cost of a conversion": (
        Asked("ratio", "spend_micros", per="conversions", window_days=3.0),
        {"per": "conversions", "maturity_days": 3},
    ),
    "return on spend": (
        Asked("ratio", "value_micros", per="spend_micros", window_days=3.0, covariate=True),
        {"per": "spend_micros", "maturity_days": 3, "covariate_days": DAYS_BEFORE},
    ),
    "a quantile of showings": (Asked("quantile", "impressions"), {}),
    "a quantile of spend": (Asked("quantile", "spend_micros"), {}),
    "phones alone": (Asked("proportion", "clicks", only=("device", "phone")), {"filters": {"device": "phone"}}),
    "without marked rows": (
        Asked("mean", "clicks", marked=True, covariate=True),
        {"covariate_days": DAYS_BEFORE, "invalid_traffic": {"marked": {"bot": True}, "most_impressions_a_day": 100}},
    ),
    "without hasty clicks": (
        Asked("mean", "clicks", least_delay_ms=1500.0),
        {"invalid_traffic": {"least_click_delay_ms": 1500, "most_impressions_a_day": 100}},
    ),
}


@pytest.mark.parametrize("name", list(CASES))
@pytest.mark.parametrize("difference", ["relative", "absolute"])
def test_rows_say_what_their_sums_say(told: Told, name: str, difference: str) -> None:
    asked, data = CASES[name]
    document = answer(told, asked.kind, asked.measure, settings={"difference": difference}, **data)
    expected = from_sums(summed_arms(told, asked), asked.kind, difference=difference)
    assert expected["arms"][1]["n"] > 100
    close(document["arms"], expected["arms"])
    close(document["comparisons"], expected["comparisons"])
    assert document["data"]["units"] == sum(arm["n"] for arm in expected["arms"])


CORRECTED = {
    "buyers": ("proportion", "conversions", None),
    "value of users": ("mean", "value_micros", None),
    "conversions of a click": ("ratio", "conversions", "clicks"),
    "return on spend": ("ratio", "value_micros", "spend_micros"),
    "cost of a conversion": ("ratio", "spend_micros", "conversions"),
    "value of a conversion": ("ratio", "value_micros", "conversions"),
}


@pytest.mark.parametrize("name", list(CORRECTED))
def test_conversions_still_to_come_are_allowed_for(told: Told, name: str) -> None:
    kind, measure, per = CORRECTED[name]
    document = answer(told, kind, measure, per=per, maturity="correct", maturity_days=3)
    arms, covariance = corrected_arms(told, measure, per, days=3, once=kind == "proportion")
    expected = from_sums(arms, "ratio", share_covariance=covariance)
    close(document["arms"], expected["arms"])
    close(document["comparisons"], expected["comparisons"])
    assert 0.1 < document["data"]["maturity"]["share_of_a_day"] < 0.9
    old = answer(told, kind, measure, per=per, maturity_days=3)
    assert document["data"]["units"] >= old["data"]["units"]
    assert document["data"]["rows"] > old["data"]["rows"]


def test_a_corrected_rate_is_near_that_of_old_showings(told: Told) -> None:
    corrected, old = (
        answer(told, "ratio", "conversions", per="clicks", maturity_days=6, maturity=how)["arms"][0]["estimate"]
        for how in ("correct", "exclude")
    )
    assert corrected == pytest.approx(old, rel=0.15)


@pytest.mark.parametrize("method", ["sequential", "bayesian", "group-sequential"])
def test_every_method_takes_rows(told: Told, method: str) -> None:
    settings = {"method": method, "group_sequential": {"maximum_units": 10_000}}
    asked = Asked("ratio", "clicks", per="impressions")
    document = answer(told, "ratio", "clicks", per="impressions", settings=settings)
    close(document["comparisons"], from_sums(summed_arms(told, asked), "ratio", **settings)["comparisons"])


def test_each_value_of_a_dimension_has_its_own_comparison(told: Told) -> None:
    document = answer(told, "mean", "clicks", dimensions=["region", "device"], settings={"correction": "holm"})
    found = units(told, Asked("mean", "clicks"))
    for column, parts in document["dimensions"].items():
        assert {part["value"] for part in parts["values"]} == set(found[column].unique())
        for part in parts["values"]:
            rows = found.filter(pl.col(column).eq_missing(part["value"]))
            arms = [
                {"name": name, "n": y.len(), "sum": float(y.sum()), "sum_squares": float((y * y).sum())}
                for name, value in ARMS.items()
                for y in [rows.filter(pl.col("arm") == value)["y"]]
            ]
            expected = from_sums(arms, "mean")
            close(part["arms"], expected["arms"])
            close(part["comparisons"][0]["p_value"], expected["comparisons"][0]["p_value"])
    regions = [part["comparisons"][0] for part in document["dimensions"]["region"]["values"]]
    told_regions = [one for one in regions if one["p_value"] is not None]
    least = min(told_regions, key=lambda one: one["p_value"])
    assert least["p_value_adjusted"] == pytest.approx(min(len(told_regions) * least["p_value"], 1.0))


def test_what_was_left_out_is_counted(told: Told) -> None:
    rules = {"marked": {"bot": True}, "most_impressions_a_day": 100, "least_click_delay_ms": 500}
    document = answer(told, "proportion", "conversions", maturity_days=3, invalid_traffic=rules)["data"]
    in_time = told.impressions.filter(pl.col("ts") >= START)
    excluded = document["excluded"]
    assert excluded["rows"]["marked_invalid"] == in_time["bot"].sum()
    assert excluded["rows"]["without_unit"] == in_time.filter(~pl.col("bot"), pl.col("user_key") == "").height
    usual = in_time.filter(~pl.col("bot"), pl.col("user_key") != "")
    assert excluded["rows"]["of_other_arms"] == usual.filter(pl.col("creative_id") == "elsewhere").height
    ours = usual.filter(pl.col("creative_id") != "elsewhere")
    assert excluded["rows"]["repeated"] == ours.height - ours["decision_id"].n_unique() > 0
    assert excluded["units"]["impossible_click_rate"] == 1
    assert excluded["units"]["too_many_impressions_in_a_day"] == 1
    assert excluded["outcomes"]["clicks_repeated"] > 0
    assert excluded["outcomes"]["clicks_too_early"] > 0
    assert excluded["outcomes"]["conversions_repeated"] > 0
    assert excluded["outcomes"]["conversions_after_the_window"] > 0
    young = ours.unique("decision_id").filter(pl.col("ts") > told.as_of - timedelta(days=3))
    assert 0.9 * young.height < excluded["rows"]["immature"] <= young.height


def test_units_in_two_arms_are_left_out_and_flagged(told: Told) -> None:
    document = answer(told, "mean", "clicks")
    crossed = document["data"]["health"]["multiple_exposure"]
    assert crossed["units"] == 12
    assert crossed["flagged"]
    assert any("more than one arm" in reason for reason in document["decision"]["why"])
    few = answer(told, "mean", "clicks", filters={"device": "desk", "region": "north"})
    assert 0 < few["data"]["health"]["multiple_exposure"]["units"] < 10
    assert not few["data"]["health"]["multiple_exposure"]["flagged"]


def test_showings_as_units_of_a_test_of_users_are_found_out(told: Told, tmp_path: Path) -> None:
    found = answer(told, "proportion", "clicks", unit="decision_id")
    assert found["data"]["health"]["clustered"]["flagged"]
    assert any("users were assigned" in reason for reason in found["decision"]["why"])
    assert answer(told, "mean", "clicks")["data"]["health"]["clustered"] is None
    shuffled = told.impressions.with_columns(pl.col("creative_id").shuffle(seed=1))
    own = replace(told, lake=type(told.lake)(tmp_path / "lake"))
    own.lake.write("impressions", shuffled, "a")
    fair = answer(own, "proportion", "clicks", unit="decision_id")["data"]["health"]["clustered"]
    assert not fair["flagged"]
    assert fair["users"] > 100
    assert fair["in_one_arm"] == pytest.approx(fair["expected"], abs=4.0 * fair["expected"] ** 0.5 + 4.0)


def test_a_unit_that_saw_two_arms_counts_for_the_first_where_shares_are_checked(told: Told) -> None:
    document = answer(told, "mean", "clicks")
    excluded = document["data"]["excluded"]["units"]
    assert sum(excluded.values()) == 14
    everybody = document["data"]["units"] + 14
    observed = document["srm"]["statistic"]
    rows = told.impressions.filter(
        pl.col("ts") >= START, pl.col("user_key") != "", pl.col("creative_id").is_in(["c0", "c1"])
    ).sort("ts", "decision_id")
    firsts = rows.group_by("user_key", maintain_order=True).first()
    counts = firsts["creative_id"].value_counts()["count"]
    assert counts.sum() == everybody
    half = everybody / 2.0
    assert observed == pytest.approx(sum((count - half) ** 2 / half for count in counts))
    assert document["srm"]["anytime"]["looks"] == firsts["ts"].dt.date().n_unique() > 3


def test_arms_that_differed_before_the_test_are_not_believed(tmp_path: Path) -> None:
    told = messy_lake(tmp_path / "lake")
    biased = told.impressions.with_columns(
        device=pl.when(pl.col("creative_id") == "c1").then(pl.lit("phone")).otherwise("device")
    )
    told.lake.write("impressions", biased, "a")
    document = answer(told, "mean", "clicks")
    flagged = [one["column"] for one in document["data"]["health"]["balance"] if one["flagged"]]
    assert flagged == ["device"]
    assert document["decision"]["verdict"] == "invalid"
    assert "device" in document["decision"]["why"][0]
    assert answer(told, "mean", "clicks", balance=["region"])["decision"]["verdict"] != "invalid"


def test_a_rule_that_hits_one_arm_is_not_believed(tmp_path: Path) -> None:
    told = messy_lake(tmp_path / "lake")
    eager = told.impressions.filter(pl.col("creative_id") == "c1").select("decision_id", "ts")
    told.lake.write("clicks", eager, "b")
    rules = {"most_click_rate": 0.5, "from_clicks": 5}
    document = answer(told, "mean", "clicks", invalid_traffic=rules)
    assert document["data"]["health"]["left_out"]["flagged"]
    assert document["decision"]["verdict"] == "invalid"


def test_an_experiment_is_read_from_what_decisions_carry(told: Told, tmp_path: Path) -> None:
    carried = told.impressions.with_columns(
        experiments=pl.when(pl.col("creative_id") == "elsewhere")
        .then(pl.lit(["other:plain"], dtype=pl.List(pl.String)))
        .otherwise(
            pl.concat_list(
                pl.lit("other:bright"),
                pl.when(pl.col("creative_id") == "c1").then(pl.lit("shop:bright")).otherwise(pl.lit("shop:plain")),
            )
        )
    )
    own = replace(told, lake=type(told.lake)(tmp_path / "lake"))
    own.lake.write("impressions", carried, "a")
    own.lake.write("clicks", told.clicks, "a")
    document = answer(own, "mean", "clicks", experiment="shop", arms={"values": ["plain", "bright"]})
    plain = answer(told, "mean", "clicks")
    close(document["comparisons"], plain["comparisons"])


def test_the_newest_row_is_where_knowledge_ends_unless_told(told: Told) -> None:
    assert answer(told, "mean", "clicks")["data"]["as_of"] == told.as_of.isoformat().replace("+00:00", "Z")
    earlier = START + timedelta(days=4)
    document = answer(told, "mean", "conversions", as_of=earlier.isoformat(), maturity_days=2)
    seen = replace(
        told,
        impressions=told.impressions.filter(pl.col("ts") <= earlier),
        clicks=told.clicks.filter(pl.col("ts") <= earlier),
        conversions=told.conversions.filter(pl.col("ts") <= earlier),
    )
    rows = units(seen, Asked("mean", "conversions", window_days=2.0))
    assert document["data"]["units"] < answer(told, "mean", "conversions", maturity_days=2)["data"]["units"]
    assert abs(document["data"]["units"] - rows.height) <= 1  # the oracle's newest row lies a moment before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"unit": "nobody"}, "no column 'nobody'"),
        ({"unit": 'user_key"; DROP TABLE x; --'}, "no column"),
        ({"filters": {'device" = device OR "device': "x"}}, "no column"),
        ({"filters": {"divice": "x"}}, "did you mean 'device'"),
        ({"filters": {"device": 7}}, "holds texts"),
        ({"filters": {"ts": "2026"}}, "TIMESTAMP"),
        ({"filters": {"consent": "yes"}}, "holds booleans"),
        ({"dimensions": ["creative_id"]}, "tells the arms apart"),
        ({"dimensions": ["colour"]}, "no column 'colour'"),
    ],
)
def test_a_question_that_the_lake_cannot_answer_is_one_line(told: Told, data: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigRejected) as caught:
        answer(told, "mean", "clicks", **data)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_lake_whose_decisions_took_part_in_nothing_says_so(told: Told) -> None:
    with pytest.raises(InputError) as caught:
        answer(told, "mean", "clicks", experiment="e", arms={"values": ["a", "b"]})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["'; DROP TABLE exposures; --", "' OR '1'='1", '"', "$v0", "c0') OR true --", "🙂\\"])
def test_a_value_is_only_ever_a_value(told: Told, text: str) -> None:
    with pytest.raises(MissingInput, match="no showing"):
        answer(told, "mean", "clicks", filters={"device": text})
    arms = {"column": "creative_id", "values": {"plain": "c0", "odd": ["c1", text]}}
    named = answer(told, "mean", "clicks", arms=arms)
    close(named["arms"][1]["estimate"], answer(told, "mean", "clicks")["arms"][1]["estimate"])


def test_no_showing_of_the_arms_says_what_was_left_out(told: Told) -> None:
    with pytest.raises(MissingInput, match="of other arms"):
        answer(told, "mean", "clicks", arms={"column": "creative_id", "values": ["x", "y"]})


def test_an_arm_that_nobody_saw_is_an_arm_without_units(told: Told) -> None:
    document = answer(told, "mean", "clicks", arms={"column": "creative_id", "values": ["c0", "c1", "x"]})
    assert document["arms"][2]["n"] == 0
    assert document["comparisons"][1]["warnings"] == ["too_few_units"]


def test_a_damaged_part_is_one_line(told: Told, tmp_path: Path) -> None:
    own = replace(told, lake=type(told.lake)(tmp_path / "lake"))
    own.lake.write("impressions", told.impressions.head(500), "a")
    path = own.lake.files("impressions")[0]
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(TableRejected) as caught:
        answer(own, "mean", "clicks", since=None)
    assert "\n" not in str(caught.value)
    said = caught.value.what
    assert "impressions/hour=" in said and str(tmp_path) not in said and "LINE" not in said and "$v" not in said


def test_a_lake_without_files_of_the_time_asked_for_says_so(told: Told) -> None:
    with pytest.raises(MissingInput, match="nothing was shown"):
        answer(told, "mean", "clicks", since="2026-05-01T00:00:00Z")


def test_units_of_whom_nothing_is_known_before_the_test_are_compared_all_the_same(told: Told, tmp_path: Path) -> None:
    own = replace(told, lake=type(told.lake)(tmp_path / "lake"))
    first = START + timedelta(hours=1)  # the hour in which a test starts is read for what was before, too
    own.lake.write("impressions", told.impressions.filter(pl.col("ts") >= first), "a")
    own.lake.write("clicks", told.clicks.filter(pl.col("ts") >= first), "a")
    document = answer(own, "mean", "clicks", covariate_days=DAYS_BEFORE)
    plain = answer(own, "mean", "clicks")
    assert [arm["n"] for arm in document["arms"]] == [arm["n"] for arm in plain["arms"]]


def test_a_lake_without_clicks_has_none(told: Told, tmp_path: Path) -> None:
    own = replace(told, lake=type(told.lake)(tmp_path / "odd [name]*"))
    own.lake.write("impressions", told.impressions, "a")
    document = answer(own, "proportion", "clicks")
    assert [arm["estimate"] for arm in document["arms"]] == [0.0, 0.0]
