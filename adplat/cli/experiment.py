"""``adplat experiment …``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from adplat.cli import experiment_assign, experiment_life
from adplat.cli.output import JsonOption, print_json, print_table, say

SpecArgument = Annotated[
    Path, typer.Argument(metavar="SPEC", help="JSON or YAML; see adplat schema experiment (or experiment-adaptive).")
]

PlanArgument = Annotated[Path, typer.Argument(metavar="SPEC", help="JSON or YAML; see adplat schema experiment-plan.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    commands = typer.Typer(
        help="Creative A/B tests: how long to run, who gets which arm, running them, and what their sums say.",
        no_args_is_help=True,
    )
    commands.command()(analyze)
    commands.command()(plan)
    experiment_assign.register(commands)
    experiment_life.register(commands)
    app.add_typer(commands, name="experiment")


LakeOption = Annotated[
    Path | None,
    typer.Option("--lake", metavar="DIR", help="Take rows from this lake, workspace or world, not the one in SPEC."),
]


def analyze(spec: SpecArgument, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Compare the arms of a test with its control: intervals, p-values, health and a verdict."""
    from adplat.flows.analyze_experiment import analyze_experiment

    document = analyze_experiment(spec, lake_path=lake)
    if as_json:
        print_json(document)
    else:
        print_analysis(document)


def print_analysis(document: Mapping[str, Any]) -> None:
    """A result document as tables and lines."""
    print_table(
        "arms",
        ("arm", "units", "estimate", "interval"),
        [(arm["name"], arm["n"], _short(arm["estimate"]), interval(arm["ci"])) for arm in document["arms"]],
    )
    columns = ("estimate", "std_error", "p_value", "p_value_adjusted", "chance_to_beat", "expected_loss")
    told = [name for name in columns if any(one[name] is not None for one in document["comparisons"])]
    print_table(
        f"against {document['comparisons'][0]['control']}",
        ("arm", "interval", *(name.replace("_", " ") for name in told)),
        [
            (one["treatment"], interval(one["ci"]), *(_short(one[name]) for name in told))
            for one in document["comparisons"]
        ],
        spare=("std error", "expected loss"),
    )
    if "adaptive" in document:
        worth = ", ".join(f"{arm['name']} {arm['effective_n']:,.0f}" for arm in document["arms"])
        typer.echo(f"{document['adaptive']['rows']:,} rows of a bandit; arms are worth so many even units: {worth}")
    for one in document["comparisons"]:
        for warning in one["warnings"]:
            say(f"{one['treatment']}: {warning}")
    for column, parts in document.get("dimensions", {}).items():
        _print_dimension(column, parts)
    _say_health(document["srm"])
    if "data" in document:
        _say_rows(document["data"])
    decision = document["decision"]
    typer.echo(f"verdict: {decision['verdict']}" + (f", {decision['winner']}" if decision["winner"] else ""))
    for reason in decision["why"]:
        typer.echo(f"  {reason}")


def plan(spec: PlanArgument, as_json: JsonOption = False) -> None:
    """Units, days, power and the smallest effect that a test would show."""
    from adplat.flows.plan_experiment import plan_experiment

    document = plan_experiment(spec)
    if as_json:
        print_json(document)
        return
    shown = ("units", "expected_units", "duration_days", "effect", "power", "minimum_detectable_effect", "looks")
    print_table(
        f"plan, {document['method']}",
        ("", "value"),
        [(name.replace("_", " "), document[name]) for name in shown if document[name] is not None],
    )
    typer.echo(f"units per arm, control first: {', '.join(f'{units:,}' for units in document['units_per_arm'])}")


def _say_health(srm: Mapping[str, Any]) -> None:
    if srm["p_value"] is not None:
        found = "NOT as planned" if srm["flagged"] else "as planned"
        typer.echo(f"units came to the arms {found} (sample ratio p = {srm['p_value']:.4g})")


def _print_dimension(column: str, parts: Mapping[str, Any]) -> None:
    print_table(
        f"by {column}",
        (column, "arm", "units", "estimate", "interval", "p value"),
        [
            (
                "–" if part["value"] is None else part["value"],
                one["treatment"],
                arm["n"],
                _short(one["estimate"]),
                interval(one["ci"]),
                _short(one["p_value_adjusted"]),
            )
            for part in parts["values"]
            for arm, one in zip(part["arms"][1:], part["comparisons"], strict=True)
        ],
    )
    if parts["other_values"]:
        typer.echo(f"  {parts['other_values']:,} further values with {parts['other_units']:,} units")


def _say_rows(data: Mapping[str, Any]) -> None:
    """What the numbers stand on, and what was left out of them."""
    typer.echo(f"{data['rows']:,} showings of {data['units']:,} units, {data['since']} to {data['until']}")
    for what, counts in data["excluded"].items():
        told = [f"{count:,} {reason.replace('_', ' ')}" for reason, count in counts.items() if count]
        if told:
            typer.echo(f"  left out of {what}: {', '.join(told)}")
    for one in data["health"]["balance"]:
        if one["flagged"]:
            typer.echo(f"  arms differ in {one['column']} (p = {one['p_value']:.4g})")


def interval(ends: Sequence[float | None]) -> str:
    """Both ends of an interval as a person reads them."""
    low, high = ends
    if low is None and high is None:
        return "–"
    return f"{'−∞' if low is None else _short(low)} to {'∞' if high is None else _short(high)}"


def _short(value: float | None) -> str:
    """Four digits wherever the point stands: rates of a few in a thousand are no 0.0040."""
    return "–" if value is None else f"{value:.4g}"
