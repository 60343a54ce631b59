"""What a campaign forecast is made from: the opportunities and the bid landscape of a workspace, kept beside its lake.

Both are made once and read again until the lake is a day ahead of them, so a forecast costs what the sample costs and
not what the lake does. A folder that cannot be written is only slower.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl

from adplat.data import Lake, write_bytes
from adplat.domain import AdplatError, InputError, Progress, TableRejected
from adplat.flows.holidays import IN_FOLDER as HOLIDAYS
from adplat.flows.holidays import read_holidays
from adplat.flows.landscape_auctions import read_auctions
from adplat.flows.sample_opportunities import (
    IN_WORKSPACE,
    lake_of_opportunities,
    read_opportunity_sample,
    sample_opportunities,
)
from adplat.flows.show_bid_landscape import read_landscape
from adplat.forecast import BidLandscape, OpportunitySample, fit_landscape, landscape_bytes, sample_bytes
from adplat.market import ShadingModel
from adplat.snapshots import LearnedShading, ShadingFile

log = logging.getLogger(__name__)
LANDSCAPE_IN_WORKSPACE = Path(".adplat", "forecast", "campaign_landscape.safetensors")
PRICE_DAYS_LOG_SD = 0.05
"""Doubt about the level of prices where the log has too few days to tell."""
FEWEST_DAYS, FEWEST_TOLD = 7, 50
# What was made may be so much older than the lake's newest hour.
KEPT_FOR = timedelta(days=1)
# By context, more auctions teach hardly more than these, and take minutes to fit.
MOST_AUCTIONS = 200_000
_PRICE_LOG_SD = "price_log_sd"


@dataclass(frozen=True, slots=True)
class CampaignSources:
    """``folder`` holds the lake and the catalogue; ``landscape_told`` is the source of the landscape.

    ``holidays`` are those of ``holidays.csv`` beside the lake, past and to come; none where nobody wrote it.
    ``learned_prices`` are those that the service's first-price bids are made by; none where nothing was learned.
    """

    folder: Path
    lake: Lake
    sample: OpportunitySample
    landscape: BidLandscape
    landscape_told: dict[str, Any]
    price_log_sd: float
    holidays: Mapping[date, str]
    learned_prices: LearnedShading

    def shading_for(self, currency: str) -> ShadingModel | None:
        """What makes first-price bids in this currency, or where none is named, in the log's."""
        return self.learned_prices.by_currency.get(self._currency(currency))

    def shading_told(self, currency: str) -> dict[str, Any] | None:
        """Which model that is, for a forecast's inputs."""
        model = self.shading_for(currency)
        if model is None:
            return None
        content = msgspec.json.encode(model.as_json(), order="sorted")
        return {
            "model_id": hashlib.sha256(content).hexdigest(),
            "auctions": model.whole.auctions,
            "fitted": self.learned_prices.fitted[self._currency(currency)].isoformat(),
        }

    def _currency(self, named: str) -> str:
        # Requests tell one with their floors alone, bids always.
        return named or self.sample.currency or str(self.landscape_told.get("currency") or "")


def campaign_sources(folder: Path, progress: Progress, *, currency: str = "", as_kept: bool = False) -> CampaignSources:
    """Of a lake, given itself, or the workspace or world around it.

    ``as_kept``: what was made before is taken whatever the lake has got since, for whoever cannot wait.
    Raises MissingInput, TableRejected, ConfigRejected.
    """
    lake = lake_of_opportunities(folder)
    root = lake.root.parent if lake.root.name == "lake" else lake.root
    sample = _kept_sample(root, lake, as_kept)
    if sample is None or (currency and sample.currency and sample.currency != currency):
        sample = sample_opportunities(folder, progress, currency=currency)
        _keep(root / IN_WORKSPACE, sample_bytes(sample))
    landscape, told = _kept_landscape(root, lake, as_kept) or _made_landscape(
        root, lake, currency or sample.currency, progress
    )
    holidays = read_holidays(root / HOLIDAYS) if (root / HOLIDAYS).is_file() else {}
    price_sd = float(told[_PRICE_LOG_SD])
    return CampaignSources(root, lake, sample, landscape, told, price_sd, holidays, read_learned_prices(root))


def read_learned_prices(root: Path) -> LearnedShading:
    """What ``shading.json`` of a workspace says; nothing where it is absent.

    One that cannot be read is logged and counts as none, as for a replica that starts: both then bid the value.
    """
    try:
        return ShadingFile(root).read() or LearnedShading({}, {})
    except (AdplatError, OSError):
        log.exception("first-price bids are forecast at their value")
        return LearnedShading({}, {})


def price_log_sd(lake: Lake, until: datetime) -> float:
    """How far the level of told prices lies from one week to another, from the spread of its days.

    Prices of one day hang together, so weeks of independent days would be too quiet: the spread of days is told.
    """
    bids = lake.scan("bids").filter(pl.col("min_to_win_micros") > 0, pl.col("ts") <= until)
    logs = pl.col("min_to_win_micros").cast(pl.Float64).log()
    by_place = bids.select(pl.col("ts").dt.date().alias("day"), "placement", logs.alias("log"))
    days = (
        by_place.with_columns(pl.col("log") - pl.col("log").mean().over("placement"))
        .group_by("day")
        .agg(pl.col("log").mean(), pl.len().alias("told"))
        .filter(pl.col("told") >= FEWEST_TOLD)
        .collect()
    )
    if days.height < FEWEST_DAYS:
        return PRICE_DAYS_LOG_SD
    # Sums over many threads differ in their last digits, and equal lakes are to give equal forecasts.
    return round(float(np.hypot(days["log"].sort().to_numpy().std(ddof=1), 0.01)), 6)


def _kept_sample(root: Path, lake: Lake, as_kept: bool) -> OpportunitySample | None:
    path = root / IN_WORKSPACE
    try:
        sample = read_opportunity_sample(path)
    except InputError:
        return None  # not there, of an older release, or cut off: made again
    return sample if as_kept or _is_fresh(path, lake, sample.source, sample.data_to) else None


def _kept_landscape(root: Path, lake: Lake, as_kept: bool) -> tuple[BidLandscape, dict[str, Any]] | None:
    path = root / LANDSCAPE_IN_WORKSPACE
    try:
        landscape, told = read_landscape(path)
        knows_to = datetime.fromisoformat(told["to"])
    except (InputError, KeyError, ValueError):
        return None
    if _PRICE_LOG_SD not in told or not (as_kept or _is_fresh(path, lake, "bids", knows_to)):
        return None
    return landscape, told


def _made_landscape(root: Path, lake: Lake, currency: str, progress: Progress) -> tuple[BidLandscape, dict[str, Any]]:
    progress(0, 1, "reading ended auctions")
    try:
        log = read_auctions(lake.root, currency=currency, most=MOST_AUCTIONS)
    except TableRejected as reason:
        raise TableRejected(f"no price is known: {reason.what}", where=reason.where, hint=reason.hint) from None
    progress(1, 1, "reading ended auctions")
    landscape = fit_landscape(log.auctions, np.random.default_rng(0), progress)
    told = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in log.told.items()}
    told[_PRICE_LOG_SD] = price_log_sd(lake, log.told["to"])
    _keep(root / LANDSCAPE_IN_WORKSPACE, landscape_bytes(landscape, told))
    return landscape, told


def _is_fresh(path: Path, lake: Lake, table: str, knows_to: datetime) -> bool:
    """Whether it knows this lake, and knows it well enough: its oldest file was there, its newest is hardly newer."""
    try:
        files = lake.files(table)
        newest = datetime.strptime(files[-1].parent.name, "hour=%Y-%m-%dT%H").replace(tzinfo=UTC)
        return files[0].stat().st_mtime_ns <= path.stat().st_mtime_ns and newest <= knows_to + KEPT_FOR
    except (OSError, IndexError):
        return False


def _keep(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, content)
    except OSError:
        return  # a lake that is only read: the next forecast makes it again
