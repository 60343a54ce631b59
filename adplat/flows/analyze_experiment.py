"""A creative test's sums in, one result document out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adplat.data import read_document
from adplat.experiments import analyze, parse_spec


def analyze_experiment(spec_path: Path) -> dict[str, Any]:
    """Analyse the specification in a JSON or YAML file. Raises MissingInput or ConfigRejected."""
    return analyze(parse_spec(read_document(spec_path), where=str(spec_path)))
