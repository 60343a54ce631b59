"""A small written world whose lake campaigns are forecast from, and plans for it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from adplat.simulator import WorldConfig, build_world, write_world

CONFIG = WorldConfig(
    name="forecast",
    start=date(2026, 9, 7),
    seed=5,
    days=14,
    utc_offset_hours=0,
    advertisers=4,
    campaigns_per_advertiser=1,
    creatives_per_campaign=3,
    new_creatives_per_campaign=1,
    users=2_500,
    impressions=24_000,
    click_rate=0.03,
)
PLAN: dict[str, Any] = {
    "name": "autumn",
    "start": "2026-09-21",
    "end": "2026-09-24",
    "bid": {"kind": "cpm", "target_micros": 20_000_000},
    "daily_budget_micros": 4_000_000,
    "advertiser_id": "a000",
    "creatives": ["c000000", "c000001"],
}


def written_market(folder: Path) -> Path:
    """Write the world; returns its folder."""
    write_world(build_world(CONFIG), folder, silent)
    return folder


def a_plan(folder: Path, **changes: Any) -> Path:
    """A file of ``PLAN`` with changes; ``None`` leaves a key out."""
    content = {name: value for name, value in {**PLAN, **changes}.items() if value is not None}
    path = folder / "plan.json"
    path.write_text(json.dumps(content))
    return path


def silent(done: int, total: int, what: str) -> None:
    """No bar."""
