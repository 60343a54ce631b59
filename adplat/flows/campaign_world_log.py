"""A simulated world as its forecaster knows it at a moment: opportunities, prices and outcomes of before, no truth.

The same things that a lake tells, made from the world's own rows without writing a lake: people without consent have no
number, prices are those of the log's own bids, outcomes those that had come.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from adplat.flows.bench_run import silent
from adplat.flows.response_by_history import HistoryWord
from adplat.flows.response_evidence import ResponsePast
from adplat.forecast import (
    CELL_COLUMNS,
    TEXT_COLUMNS,
    Auctions,
    BidLandscape,
    HourlyCells,
    ListCodes,
    OpportunitySample,
    TextCodes,
    fit_landscape,
    known_prices,
    learn_fatigue,
)
from adplat.simulator import Life, World, catalogue_of
from adplat.simulator.history import play_history
from adplat.simulator.log_rows import advertiser_ids
from adplat.simulator.trade import DEVICES, LANGUAGES, PLACEMENTS, REGIONS

DAY_US = 86_400_000_000
HOUR_S = 3600
CLICK_WINDOW_DAYS = 7
MOST_ROWS = 60_000
MOST_AUCTIONS = 20_000


@dataclass(frozen=True)
class WorldLog:
    """All that the log will ever hold; ``shown`` has a row a showing; ``clicked`` and ``converted`` are days."""

    world: World
    life: Life
    shown: pl.DataFrame
    catalogue: pl.DataFrame

    @classmethod
    def of(cls, world: World, life: Life) -> WorldLog:
        """Plays the log's own campaigns."""
        parts = []
        advertisers = np.array(advertiser_ids(world))
        for chunk in play_history(world):
            asked = chunk.requests.take(chunk.won.astype(np.int32))
            owner = world.catalogue.campaigns.advertiser[chunk.campaign[chunk.won]]
            parts.append(
                pl.DataFrame(
                    {
                        "day": chunk.time_us[chunk.won] / DAY_US,
                        "user": np.where(world.population.consent[asked.user], asked.user, -1).astype(np.int64),
                        "creative_id": np.array(world.creative_ids)[chunk.creative],
                        "advertiser_id": advertisers[owner],
                        "placement": np.array([place.placement for place in PLACEMENTS])[asked.placement],
                        "position": asked.position.astype(np.int64),
                        "clicked": np.where(chunk.click_us >= 0, chunk.click_us / DAY_US, np.nan),
                        "converted": np.where(chunk.conversion_us >= 0, chunk.conversion_us / DAY_US, np.nan),
                        "value_micros": chunk.value_micros,
                    }
                ).with_columns(pl.col("clicked", "converted").fill_nan(None))
            )
        told = catalogue_of(world)["creatives"].select("creative_id", "advertiser_id", "category")
        return cls(world, life, pl.concat(parts), told)

    def moment(self, day: int) -> datetime:
        """When a local day begins."""
        return self.world.config.log_start + timedelta(days=day)


def opportunities_before(log: WorldLog, day: int) -> OpportunitySample:
    """The sample of the log's days before ``day``, whole people kept."""
    world, life = log.world, log.life
    known = life.rows_of_days(0, day)
    rows = np.arange(known.start, known.stop)
    asked = life.requests.take(rows.astype(np.int32))
    start_s = world.config.log_start.timestamp()
    at_s = start_s + life.time_us[rows] / 1e6
    names = {
        "placement": ([place.placement for place in PLACEMENTS], asked.placement),
        "device": (list(DEVICES), asked.device),
        "region": (list(REGIONS), world.population.region[asked.user]),
        "language": (list(LANGUAGES), asked.language),
        "auction": (["second_price"], np.zeros(len(rows), dtype=np.int32)),
    }
    texts = {name: _coded(*names[name]) if name in names else TextCodes((), _none(len(rows))) for name in TEXT_COLUMNS}
    columns = np.stack([texts[name].codes for name in CELL_COLUMNS], axis=1)
    cells, cell = np.unique(columns, axis=0, return_inverse=True)
    cell = cell.ravel()
    hour = (at_s // HOUR_S).astype(np.int64)
    first = int(start_s // HOUR_S)
    counts = np.zeros((24 * day, len(cells)), dtype=np.float32)
    np.add.at(counts, (hour - first, cell), 1.0)
    user = np.where(world.population.consent[asked.user], asked.user, -1).astype(np.int64)
    rate = min(MOST_ROWS / max(len(rows), 1), 1.0)
    lot = np.random.default_rng([world.seed, 77]).random(len(world.population))
    kept = np.flatnonzero(
        np.where(user >= 0, lot[user], np.random.default_rng([world.seed, 78]).random(len(rows))) < rate
    )
    # Numbers in the order in which people come, as a sample has them.
    people, number = np.unique(user[kept], return_inverse=True)
    number = number - 1 if len(people) and people[0] < 0 else number
    return OpportunitySample(
        at_s=at_s[kept],
        user=number.astype(np.int64),
        texts={name: TextCodes(one.values, one.codes[kept]) for name, one in texts.items()},
        segments=ListCodes((), np.zeros(len(kept) + 1, dtype=np.int64), np.zeros(0, dtype=np.int32)),
        position=asked.position[kept].astype(np.int64),
        hour=asked.hour[kept].astype(np.int64),
        weekday=asked.weekday(world.config)[kept].astype(np.int64),
        floor_micros=np.full(len(kept), -1, dtype=np.int64),
        cell=cell[kept].astype(np.int32),
        cells=HourlyCells(
            first, {name: cells[:, place].astype(np.int32) for place, name in enumerate(CELL_COLUMNS)}, counts
        ),
        rate=rate,
        source="requests",
        users=float(len(np.unique(user[user >= 0]))),
        data_from=log.moment(0),
        data_to=log.moment(day) - timedelta(microseconds=1),
        currency="",
    )


def landscape_before(log: WorldLog, day: int) -> BidLandscape:
    """Learned from an even part of the auctions of the days before, all of which told their price."""
    known = log.life.rows_of_days(0, day)
    rows = np.linspace(known.start, known.stop - 1, min(MOST_AUCTIONS, known.stop - known.start)).astype(np.int64)
    asked = log.life.requests.take(rows.astype(np.int32))
    hours = (log.world.config.log_start.timestamp() // HOUR_S + log.life.time_us[rows] // (HOUR_S * 1_000_000)) % 24
    nothing = np.full(len(rows), np.nan)
    contexts = {
        "placement": np.array([place.placement for place in PLACEMENTS])[asked.placement],
        "hour": hours.astype(np.float64),
    }
    prices = known_prices(log.life.min_to_win_micros[rows].astype(np.float64))
    auctions = Auctions(prices, nothing, np.zeros(len(rows), dtype=np.bool_), contexts)
    return fit_landscape(auctions, np.random.default_rng(0), silent)


def price_log_sd_before(log: WorldLog, day: int) -> float:
    """The spread of the days' mean log price, places held equal."""
    known = log.life.rows_of_days(0, day)
    logs = np.log(log.life.min_to_win_micros[known])
    place = log.life.requests.placement[known]
    means = np.bincount(place, logs) / np.maximum(np.bincount(place), 1)
    of_day = (log.life.time_us[known] // DAY_US).astype(np.int64)
    daily = np.bincount(of_day, logs - means[place]) / np.maximum(np.bincount(of_day), 1)
    return float(np.hypot(daily.std(ddof=1), 0.01))


def past_before(log: WorldLog, day: int) -> tuple[ResponsePast, HistoryWord]:
    """What the log's showings, clicks and conversions had told by then; conversions of clicks a week old alone."""
    shown = log.shown.filter(pl.col("day") < day).with_columns(
        pl.when(pl.col("clicked") < day).then(pl.col("clicked")).alias("clicked"), part=pl.lit(0, pl.Int64)
    )
    place = ["creative_id", "advertiser_id", "placement", "position", "part"]
    sums = shown.group_by(place).agg(
        pl.len().cast(pl.Float64).alias("impressions"), pl.col("clicked").count().cast(pl.Float64).alias("clicks")
    )
    ripe = shown.filter(pl.col("clicked") < day - CLICK_WINDOW_DAYS)
    in_time = (pl.col("converted") - pl.col("clicked") <= CLICK_WINDOW_DAYS).fill_null(value=False)
    clicked = ripe.with_columns(in_time.cast(pl.Float64).alias("conversions"), pl.lit(1.0).alias("matured"))
    conversions = ripe.filter(in_time).select("creative_id", "advertiser_id", "value_micros")
    past = ResponsePast(
        shown=sums.sort(place),
        clicked=clicked,
        conversions=conversions,
        fatigue=learn_fatigue(*_pairs(shown)),
        window_s=CLICK_WINDOW_DAYS * 86_400.0,
        data_from=log.moment(0),
        data_to=log.moment(day),
    )
    return past, HistoryWord(past, log.catalogue)


def openings_frame(sample: OpportunitySample, rows: np.ndarray) -> pl.DataFrame:
    """Placements and positions, all that a history reads of openings."""
    names = np.array([*sample.texts["placement"].values, ""])
    return pl.DataFrame({"placement": names[sample.texts["placement"].codes[rows]], "position": sample.position[rows]})


def _pairs(shown: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """What ``learn_fatigue`` asks: of pairs with one click, which showing it was; and how many had how many."""
    pair = ["user", "creative_id"]
    known = shown.filter(pl.col("user") >= 0).sort("day")
    known = known.with_columns(
        pl.int_range(pl.len()).over(pair).alias("before"),
        pl.len().over(pair).alias("showings"),
        pl.col("clicked").count().over(pair).alias("clicks"),
    )
    once = known.filter((pl.col("clicks") == 1) & pl.col("clicked").is_not_null())
    counts = known.group_by("before").len().sort("before")
    return (
        once["before"].to_numpy().astype(np.int64),
        once["showings"].to_numpy().astype(np.int64),
        counts["before"].to_numpy().astype(np.int64),
        counts["len"].to_numpy().astype(np.int64),
    )


def _coded(values: list[str], codes: np.ndarray) -> TextCodes:
    order = np.argsort(np.array(values))
    place = np.empty(len(values), dtype=np.int32)
    place[order] = np.arange(len(values), dtype=np.int32)
    return TextCodes(tuple(values[at] for at in order), place[codes])


def _none(count: int) -> np.ndarray:
    return np.full(count, -1, dtype=np.int32)
