"""A creative test's sums or rows in, one result document out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from adplat.data import read_document
from adplat.domain import ConfigRejected
from adplat.experiments import analyze, parse_spec


def analyze_experiment(spec_path: Path, *, lake_path: Path | None = None) -> dict[str, Any]:
    """Analyse the specification in a JSON or YAML file; ``lake_path`` takes the place of the lake named in it.

    Raises MissingInput, ConfigRejected or TableRejected.
    """
    spec = parse_spec(read_document(spec_path), where=str(spec_path))
    if spec.data is None:
        if lake_path is not None:
            raise ConfigRejected("a lake for arms that have sums", where=str(spec_path), hint="leave --lake out")
        return analyze(spec)
    from adplat.flows.analyze_rows import analyze_rows  # sums need neither Polars nor DuckDB

    if lake_path is not None:
        spec = msgspec.structs.replace(spec, data=msgspec.structs.replace(spec.data, lake=str(lake_path)))
    return analyze_rows(spec)
