"""A creative test in, one result document out: sums of its arms, a lake, or rows where a bandit moved their shares."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from adplat.data import read_document
from adplat.domain import ConfigRejected
from adplat.experiments import analyze, analyze_adaptive, is_adaptive, parse_adaptive_spec, parse_spec


def analyze_experiment(spec_path: Path, *, lake_path: Path | None = None) -> dict[str, Any]:
    """Analyse the specification in a JSON or YAML file; ``lake_path`` takes the place of the lake named in it.

    Raises MissingInput, ConfigRejected or TableRejected.
    """
    content = read_document(spec_path)
    if is_adaptive(content):
        return _adaptive(content, spec_path, lake_path)
    spec = parse_spec(content, where=str(spec_path))
    if spec.data is None:
        if lake_path is not None:
            raise ConfigRejected("a lake for arms that have sums", where=str(spec_path), hint="leave --lake out")
        return analyze(spec)
    from adplat.flows.analyze_rows import analyze_rows  # sums need neither Polars nor DuckDB

    if lake_path is None and spec.data.lake is not None:
        lake_path = spec_path.parent / spec.data.lake
    lake = None if lake_path is None else str(lake_path)
    return analyze_rows(msgspec.structs.replace(spec, data=msgspec.structs.replace(spec.data, lake=lake)))


def _adaptive(content: Mapping[str, Any], spec_path: Path, lake_path: Path | None) -> dict[str, Any]:
    from adplat.flows.adaptive_rows import read_adaptive_rows  # sums need no Polars

    if lake_path is not None:
        raise ConfigRejected(
            "--lake beside arms that a bandit moved", where=str(spec_path), hint='name the lake in "data"'
        )
    spec = parse_adaptive_spec(content, where=str(spec_path))
    rows, where = read_adaptive_rows(spec, spec_path)
    return analyze_adaptive(spec, rows, where=where)
