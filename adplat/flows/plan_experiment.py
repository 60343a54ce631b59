"""How long a creative test must run, and with what power."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from adplat.data import read_document
from adplat.experiments import parse_plan, plan, power_curve


def plan_experiment(spec_path: Path) -> dict[str, Any]:
    """Plan what a JSON or YAML file asks for. Raises MissingInput or ConfigRejected."""
    return plan(parse_plan(read_document(spec_path), where=str(spec_path)))


def plan_with_power(content: Mapping[str, Any], *, where: str) -> dict[str, Any]:
    """The plan of a document already read, with ``power_by_units``: what fewer and more units show of the same effect.

    Raises ConfigRejected.
    """
    spec = parse_plan(content, where=where)
    planned = plan(spec)
    curve = [
        {"units": round(units), "days": None if spec.daily_units is None else units / spec.daily_units, "power": power}
        for units, power in power_curve(msgspec.structs.replace(spec, effect=planned["effect"]), planned["units"])
    ]
    return planned | {"power_by_units": curve}
