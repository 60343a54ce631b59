"""A creative test in, one result document out: sums of its arms, or rows where a bandit moved their shares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adplat.data import read_document
from adplat.experiments import analyze, analyze_adaptive, is_adaptive, parse_adaptive_spec, parse_spec


def analyze_experiment(spec_path: Path) -> dict[str, Any]:
    """Analyse the specification in a JSON or YAML file. Raises MissingInput, ConfigRejected or TableRejected."""
    content = read_document(spec_path)
    if not is_adaptive(content):
        return analyze(parse_spec(content, where=str(spec_path)))
    from adplat.flows.adaptive_rows import read_adaptive_rows  # sums need no Polars

    spec = parse_adaptive_spec(content, where=str(spec_path))
    rows, where = read_adaptive_rows(spec, spec_path)
    return analyze_adaptive(spec, rows, where=where)
