"""How long a creative test must run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adplat.data import read_document
from adplat.experiments import parse_plan, plan


def plan_experiment(spec_path: Path) -> dict[str, Any]:
    """Plan what a JSON or YAML file asks for. Raises MissingInput or ConfigRejected."""
    return plan(parse_plan(read_document(spec_path), where=str(spec_path)))
