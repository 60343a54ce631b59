"""An experiment's results as a file to take away: every comparison of every analysis is a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from adplat.domain import ExperimentResult, ExperimentStore, KeptExperiment, MetricUnit
from adplat.flows.describe_experiments import experiment_document, result_document
from adplat.flows.describe_report import Asked
from adplat.flows.manage_experiments import verdict_of
from adplat.reporting import ReportColumn, ReportTable, csv_bytes

MOST_RESULTS = 1_000
_TEXTS = ("at", "metric", "role", "arm", "control")
_NUMBERS = (
    *("control_estimate", "arm_estimate", "difference", "low", "high"),
    *("p_value", "p_value_adjusted", "chance_to_beat", "expected_loss"),
)
_COLUMNS = (
    ReportColumn("result_id", "Result", MetricUnit.COUNT),
    *(ReportColumn(name, name.replace("_", " ")) for name in _TEXTS),
    ReportColumn("control_units", "control units", MetricUnit.COUNT),
    ReportColumn("arm_units", "arm units", MetricUnit.COUNT),
    *(ReportColumn(name, name.replace("_", " "), MetricUnit.RATIO) for name in _NUMBERS),
    ReportColumn("warnings", "warnings"),
    ReportColumn("verdict", "verdict"),
)


class ResultsFile(StrEnum):
    """What results can be taken away as: rows of numbers, or the whole documents."""

    CSV = "csv"
    JSON = "json"


def results_file(kept: KeptExperiment, experiments: ExperimentStore, kind: ResultsFile, asked: Asked) -> bytes:
    """The file; of more than MOST_RESULTS analyses so many, evenly spread over time."""
    results, count = experiments.results_over_time(kept.experiment_id, MOST_RESULTS)
    if kind is ResultsFile.JSON:
        told = experiment_document(kept) | {"setup": dict(kept.setup), "analyses": count}
        return msgspec.json.encode({"experiment": told, "results": [result_document(one) for one in results]})
    return csv_bytes(_table(kept, results, count, asked))


def _table(kept: KeptExperiment, results: Sequence[ExperimentResult], count: int, asked: Asked) -> ReportTable:
    analysis = kept.setup.get("analysis", {})
    facts = {
        "state": kept.experiment.state.value,
        "method": str(analysis.get("method", "fixed")),
        "difference": str(analysis.get("difference", "relative")),
        "analyses": f"{len(results)} of {count}",
        "asked by": asked.by,
        "asked at": asked.at.isoformat(timespec="seconds"),
    }
    if kept.raises:
        first = kept.setup["experiment"]["traffic"]
        raised = [f"{one.share:g} from {one.at.isoformat(timespec='seconds')}" for one in kept.raises]
        facts["traffic"] = ", ".join([f"{first:g}", *raised])
    if kept.decided_at is not None:
        facts |= {"winner": kept.winner or "none", "reason": kept.reason}
    rows = tuple(row for result in results for row in _rows(result))
    return ReportTable(f"experiment {kept.experiment_id}", _COLUMNS, rows, facts=facts)


def _rows(result: ExperimentResult) -> Iterator[tuple[str | int | float | None, ...]]:
    document = result.document
    name = str(document.get("question", {}).get("metric", {}).get("name", ""))
    yield from _compared(result, name, "goal", document["analysis"], verdict_of(document))
    for one in document.get("guardrails", ()):
        said = f"breached by {', '.join(one['breached_by'])}" if one["breached_by"] else "holds"
        yield from _compared(result, one["metric"], "guardrail", one["analysis"], said)


def _compared(
    result: ExperimentResult, metric: str, role: str, analysis: Mapping[str, Any], verdict: str
) -> Iterator[tuple[str | int | float | None, ...]]:
    arms = {arm["name"]: arm for arm in analysis.get("arms", ())}
    for one in analysis["comparisons"]:
        control, arm = arms.get(one.get("control"), {}), arms.get(one["treatment"], {})
        said = [one.get(name) for name in ("p_value", "p_value_adjusted", "chance_to_beat", "expected_loss")]
        yield (
            result.result_id,
            *(result.at.isoformat(timespec="seconds"), metric, role, one["treatment"], one.get("control", "")),
            *(control.get("n"), arm.get("n"), control.get("estimate"), arm.get("estimate")),
            *(one["estimate"], *one["ci"], *said, ", ".join(one.get("warnings", ())), verdict),
        )
