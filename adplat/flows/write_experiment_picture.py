"""An experiment's intervals over time, as a picture or as a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from adplat.data import write_bytes
from adplat.domain import AuditEntry, ConfigRejected, ExperimentResult, ExperimentState, KeptExperiment
from adplat.experiments import ExperimentSetup, setup_of
from adplat.flows.experiment_parts import ExperimentParts
from adplat.flows.manage_experiments import verdict_of
from adplat.reporting import (
    ArmOverTime,
    KeyFigure,
    KeyFigures,
    Picture,
    PictureForm,
    Section,
    Table,
    draw_intervals_over_time,
    render_report,
)

FORMS: dict[str, PictureForm] = {".png": "png", ".svg": "svg"}
PAGE = ".html"


def write_experiment_picture(parts: ExperimentParts, experiment_id: str, path: Path) -> None:
    """Write ``path``, whole or not at all: a picture (``.png``, ``.svg``) or a page with it (``.html``).

    Raises UnknownReference, ConfigRejected for another ending or before there is an analysis, TableRejected.
    """
    if path.suffix not in {*FORMS, PAGE}:
        raise ConfigRejected(
            f"a picture cannot end in {path.suffix!r}", where=str(path), hint=f"take {', '.join(FORMS)} or {PAGE}"
        )
    kept = parts.experiments.find(experiment_id)
    results = parts.experiments.results(experiment_id)
    if not results:
        raise ConfigRejected(
            "there is no analysis to draw yet",
            where=f"experiment {experiment_id}",
            hint="start it and let the worker run",
        )
    changes = parts.audit.about(experiment_id)
    if path.suffix == PAGE:
        page = _page(kept, results, changes, parts.clock.now())
        write_bytes(path, page.encode())
    else:
        write_bytes(path, _drawn(kept, results, changes, FORMS[path.suffix]))


def _drawn(
    kept: KeptExperiment, results: Sequence[ExperimentResult], changes: Sequence[AuditEntry], form: PictureForm
) -> bytes:
    setup = setup_of(kept.setup)
    arms = [_arm_over_time(arm.name, results, changes) for arm in kept.experiment.arms[1:]]
    return draw_intervals_over_time(
        [arm for arm in arms if arm.at],
        control=kept.control.name,
        metric=setup.analysis["metric"]["name"],
        as_percent=_is_relative(setup),
        marks=[(one.at, f"traffic {100 * one.share:g} %") for one in kept.raises],
        form=form,
    )


def _arm_over_time(name: str, results: Sequence[ExperimentResult], changes: Sequence[AuditEntry]) -> ArmOverTime:
    """The looks at which it was compared; a paused arm is not, from then on."""
    looks = [
        (result.at, one)
        for result in results
        for one in result.document["analysis"]["comparisons"]
        if one["treatment"] == name
    ]
    ends = [(entry.at, "stopped") for entry in changes if entry.action == "experiment stop"]
    ends += [(entry.at, "paused") for entry in changes if entry.detail.get("arm") == name]
    return ArmOverTime(
        name,
        [at for at, _ in looks],
        [_or_nan(one["estimate"]) for _, one in looks],
        [_or_nan(one["ci"][0]) for _, one in looks],
        [_or_nan(one["ci"][1]) for _, one in looks],
        min(ends, default=None),
    )


def _page(
    kept: KeptExperiment, results: Sequence[ExperimentResult], changes: Sequence[AuditEntry], now: datetime
) -> str:
    setup, latest = setup_of(kept.setup), results[-1].document
    method, metric = setup.analysis.get("method", "fixed"), setup.analysis["metric"]["name"]
    words = f"The difference in {metric} to {kept.control.name} at each analysis, with its interval ({method})."
    words += "".join(f" Traffic was raised to {100 * one.share:g} % on {one.at:%Y-%m-%d}." for one in kept.raises)
    sections = [
        Section(
            "Over time",
            [
                _figures(kept, results),
                Picture(_drawn(kept, results, changes, "svg"), words, "The dashed line is the control."),
            ],
        ),
        Section("The latest analysis", [_arms(latest["analysis"]), _comparisons(latest["analysis"])]),
    ]
    if latest["guardrails"]:
        rows = [(one["metric"], ", ".join(one["breached_by"]) or "holds") for one in latest["guardrails"]]
        sections.append(Section("Guardrails", [Table(("metric", "breached by"), rows, "Guardrails")]))
    sections.append(Section("What was done", [_changes(changes)]))
    return render_report(
        f"Experiment {kept.experiment_id}",
        _findings(kept, latest["analysis"]),
        sections,
        now,
        "Relative differences are per cent of the control's value." if _is_relative(setup) else "",
    )


def _findings(kept: KeptExperiment, analysis: dict[str, Any]) -> list[str]:
    decision = analysis["decision"]
    found = [f"It is {kept.experiment.state.value}; the latest verdict is {decision['verdict']}.", *decision["why"]]
    if kept.experiment.state is ExperimentState.DECIDED:
        found.insert(0, f"Decided for {kept.winner or 'no arm'}: {kept.reason}")
    return found


def _figures(kept: KeptExperiment, results: Sequence[ExperimentResult]) -> KeyFigures:
    data = results[-1].document["analysis"]["data"]
    return KeyFigures(
        [
            KeyFigure("analyses", f"{len(results):,}"),
            KeyFigure("units", f"{data['units']:,}"),
            KeyFigure("planned units", f"{kept.setup['planned']['units']:,}"),
            KeyFigure("verdict", verdict_of(results[-1].document)),
        ]
    )


def _arms(analysis: dict[str, Any]) -> Table:
    rows = [(arm["name"], arm["n"], arm["estimate"], *arm["ci"]) for arm in analysis["arms"]]
    return Table(("arm", "units", "estimate", "from", "to"), rows, "Arms by themselves")


def _comparisons(analysis: dict[str, Any]) -> Table:
    rows = [
        (one["treatment"], one["estimate"], *one["ci"], one["p_value_adjusted"], ", ".join(one["warnings"]))
        for one in analysis["comparisons"]
    ]
    return Table(("arm", "difference", "from", "to", "p", "warnings"), rows, "Against the control")


def _changes(changes: Sequence[AuditEntry]) -> Table:
    rows = [
        (
            f"{entry.at:%Y-%m-%d %H:%M}",
            entry.actor,
            entry.action,
            ", ".join(f"{name}: {value}" for name, value in entry.detail.items() if value),
        )
        for entry in changes
    ]
    return Table(("when (UTC)", "who", "what", "why"), rows, "The audit trail")


def _is_relative(setup: ExperimentSetup) -> bool:
    return bool(setup.analysis.get("difference", "relative") == "relative")


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
