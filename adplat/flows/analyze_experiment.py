"""A creative test in, one result document out: from sums, rows of a lake, or rows where a bandit moved shares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from adplat.data import read_document
from adplat.domain import ConfigRejected
from adplat.experiments import (
    ExperimentSpec,
    RowData,
    analyze,
    analyze_adaptive,
    is_adaptive,
    parse_adaptive_spec,
    parse_spec,
)


def analyze_experiment(spec_path: Path, *, lake_path: Path | None = None) -> dict[str, Any]:
    """Analyse the specification in a JSON or YAML file; ``lake_path`` takes the place of the lake that it names.

    Raises MissingInput, ConfigRejected or TableRejected.
    """
    content = read_document(spec_path)
    if not is_adaptive(content):
        spec = parse_spec(content, where=str(spec_path))
        if spec.data is not None:
            return _from_rows(spec, spec.data, spec_path, lake_path)
        _refuse_lake(lake_path, spec_path)
        return analyze(spec)
    from adplat.flows.adaptive_rows import read_adaptive_rows  # sums need no Polars

    _refuse_lake(lake_path, spec_path)
    adaptive = parse_adaptive_spec(content, where=str(spec_path))
    rows, where = read_adaptive_rows(adaptive, spec_path)
    return analyze_adaptive(adaptive, rows, where=where)


def _from_rows(spec: ExperimentSpec, data: RowData, spec_path: Path, lake_path: Path | None) -> dict[str, Any]:
    from adplat.flows.analyze_rows import analyze_rows  # nor DuckDB

    if lake_path is None and data.lake is not None:
        lake_path = spec_path.parent / data.lake
    lake = None if lake_path is None else str(lake_path)
    return analyze_rows(msgspec.structs.replace(spec, data=msgspec.structs.replace(data, lake=lake)))


def _refuse_lake(lake_path: Path | None, spec_path: Path) -> None:
    if lake_path is not None:
        raise ConfigRejected("a lake for a test that takes none", where=str(spec_path), hint="leave --lake out")
