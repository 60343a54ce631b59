"""A world as a folder: lake, catalogue, images, schema, and apart from them the truth.

The folder appears whole or not at all, in its place; memory is bounded by one chunk of history.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import polars as pl

from adplat.artwork import font_file
from adplat.data import (
    Lake,
    building_folder,
    configs_folder,
    read_feature_schema,
    write_feature_schema,
    write_table,
)
from adplat.domain import InputError, Progress
from adplat.simulator.catalogue_rows import catalogue_tables, image_path
from adplat.simulator.history import play_history
from adplat.simulator.log_rows import (
    bid_rows,
    choice_rows,
    click_rows,
    conversion_rows,
    impression_rows,
    request_rows,
    truth_rows,
)
from adplat.simulator.pictures import png_of
from adplat.simulator.truth_tables import truth_tables
from adplat.simulator.world import World

HOLIDAYS = "holidays.csv"
WORLD_ENTRIES = frozenset({"lake", "catalogue", "images", "schema.yaml", "truth", HOLIDAYS})
# What forecasts keep beside a lake may go with it; a workspace may not.
_KEPT, _MAY_GO = ".adplat", {"forecast"}
_MARKER = Path("truth") / "world.json"


@dataclass(frozen=True, slots=True)
class WorldSummary:
    """What was written; ``click_rate`` counts what stands in the log, bots and all."""

    creatives: int
    new_creatives: int
    campaigns: int
    users: int
    impressions: int
    clicks: int
    conversions: int
    bids: int
    click_rate: float


def write_world(world: World, out: Path, progress: Progress) -> WorldSummary:
    """Write ``world`` to ``out``; an older world there is replaced, anything else is left alone.

    Raises InputError when ``out`` holds something that is not a world, MissingInput without a font or
    the marketplace schema.
    """
    _refuse_foreign(out)
    font_file()
    schema = read_feature_schema(configs_folder() / "schemas" / "marketplace.yaml")
    with building_folder(out) as folder:
        _write_images(world, folder, progress)
        for stem, frame in catalogue_tables(world).items():
            write_table(frame, folder / "catalogue" / f"{stem}.parquet")
        for stem, frame in truth_tables(world).items():
            write_table(frame, folder / "truth" / f"{stem}.parquet")
        write_feature_schema(schema, folder / "schema.yaml")
        if world.config.weather.holidays:
            (folder / HOLIDAYS).write_text(_holidays(world), encoding="utf-8")
        summary = _write_history(world, folder, progress)
        facts = {"seed": world.seed, "config": asdict(world.config), "intercept": world.response.base}
        (folder / _MARKER).write_text(json.dumps(facts, default=str, indent=2), encoding="utf-8")
    return summary


def _holidays(world: World) -> str:
    """Everybody knows them, those after the log too."""
    days = (world.config.start + timedelta(days=number) for number in world.config.weather.holidays)
    return "date,name\n" + "".join(f"{day},holiday\n" for day in days)


def _refuse_foreign(out: Path) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        raise InputError("there is a file of this name", where=str(out), hint="give the name of a new folder")
    entries = {entry.name for entry in out.iterdir()}
    if _KEPT in entries and (out / _KEPT).is_dir() and {entry.name for entry in (out / _KEPT).iterdir()} <= _MAY_GO:
        entries.remove(_KEPT)
    if entries and not (entries <= WORLD_ENTRIES and (out / _MARKER).is_file()):
        raise InputError(
            f"the folder holds something else: {sorted(entries - WORLD_ENTRIES or entries)[0]}",
            where=str(out),
            hint="give a new folder, or one that holds nothing but an older world",
        )


def _write_images(world: World, folder: Path, progress: Progress) -> None:
    (folder / "images").mkdir()
    for row, creative_id in enumerate(world.creative_ids):
        (folder / image_path(creative_id)).write_bytes(png_of(world.catalogue, row, world.seed))
        progress(row + 1, len(world.creative_ids), "painting creatives")


def _write_history(world: World, folder: Path, progress: Progress) -> WorldSummary:
    lake = Lake(folder / "lake")
    clicks: list[pl.DataFrame] = []
    conversions: list[pl.DataFrame] = []
    whole_truth: list[pl.DataFrame] = []
    shown = bids = 0
    for chunk in play_history(world):
        part = f"{chunk.number:04d}"
        lake.write("impressions", impression_rows(world, chunk), part)
        lake.write("choices", choice_rows(world, chunk), part)
        lake.write("bids", bid_rows(world, chunk), part)
        lake.write("requests", request_rows(world, chunk), part)
        write_table(truth_rows(world, chunk), folder / "truth" / f"impressions-{part}.parquet")
        # About one row in seventy: kept until the end, because they fall into later hours.
        clicks.append(click_rows(world, chunk))
        conversions.append(conversion_rows(world, chunk))
        whole_truth.append(conversion_rows(world, chunk, whole_truth=True))
        shown, bids = shown + len(chunk.won), bids + len(chunk.requests)
        progress(shown, world.config.impressions, "playing history")
    clicked, converted = pl.concat(clicks).sort("ts"), pl.concat(conversions).sort("ts")
    lake.write("clicks", clicked, "0000")
    lake.write("conversions", converted, "0000")
    write_table(pl.concat(whole_truth).sort("ts"), folder / "truth" / "conversions.parquet")
    new = world.catalogue.creatives.first_day >= world.config.days
    return WorldSummary(
        creatives=len(world.creative_ids),
        new_creatives=int(new.sum()),
        campaigns=len(world.catalogue.campaigns.advertiser),
        users=len(world.population),
        impressions=shown,
        clicks=clicked.height,
        conversions=converted.height,
        bids=bids,
        click_rate=clicked.height / shown,
    )
