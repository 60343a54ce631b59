"""Worlds that read as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from adplat.data import Lake, configs_folder, read_config, read_table
from adplat.simulator import World, WorldConfig
from adplat.simulator.traffic import Requests


def a_small_config(**changes: Any) -> WorldConfig:
    return replace(read_config(configs_folder() / "worlds" / "small.yaml", WorldConfig), **changes)


def a_tiny_config(**changes: Any) -> WorldConfig:
    sizes: Mapping[str, Any] = {
        "name": "tiny",
        "start": date(2026, 9, 7),
        "days": 2,
        "advertisers": 2,
        "campaigns_per_advertiser": 2,
        "creatives_per_campaign": 3,
        "new_creatives_per_campaign": 1,
        "users": 60,
        "impressions": 800,
    }
    return WorldConfig(**{**sizes, **changes})


def the_demo_config() -> WorldConfig:
    return read_config(configs_folder() / "worlds" / "demo.yaml", WorldConfig)


def silent(done: int, total: int, what: str) -> None:
    """Progress that nobody watches."""


def logged(folder: Path, table: str) -> pl.DataFrame:
    return Lake(folder / "lake").scan(table).collect().sort("ts")


def catalogued(folder: Path, table: str) -> pl.DataFrame:
    return read_table(folder / "catalogue" / f"{table}.parquet")


def true_of(folder: Path, table: str) -> pl.DataFrame:
    parts = sorted((folder / "truth").glob(f"{table}*.parquet"))
    return pl.concat([read_table(part) for part in parts])


def the_same_moment(world: World, **fields: list[int]) -> Requests:
    """Requests that differ only in what is given: a person (not a bot) on a phone, first slot, at noon."""
    person = int(np.flatnonzero(~world.population.bot)[0])
    count = len(next(iter(fields.values())))
    usual = {"hour_of_log": 12, "user": person, "placement": 0, "position": 0, "device": 0, "language": 0}
    columns = {name: fields.get(name, [value] * count) for name, value in usual.items()}
    return Requests(**{name: np.array(values, dtype=np.int32) for name, values in columns.items()})
