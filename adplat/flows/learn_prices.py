"""What a showing costs where, learned from the lake's ended first-price auctions, and put into service if it is better.

Each currency has a model of its own. One auction in five, chosen by the hash of its request, teaches no model, now or
later: on these the new model is tried against the one in service (:mod:`adplat.market.shading_gate`).

Left out: second prices and fixed prices (nothing is shaded there), losses for another reason than the price, and places
where hardly any loss was ever told. A seller that tells of wins alone would teach that any bid wins.
"""

from __future__ import annotations

import logging
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.data import Lake
from adplat.domain import AdplatError, AuctionKind, InternalFault, Progress
from adplat.market import AuctionLog, ShadingModel, ShadingTrial, segment_key, try_shading
from adplat.snapshots import LearnedShading, ShadingFile

log = logging.getLogger(__name__)
Bools = npt.NDArray[np.bool_]

# Of one currency: auctions in all, and of wins and of losses each.
LEAST_AUCTIONS, LEAST_ENDS = 500, 30
# The newest of the window: more would change no law, and the worker folds nothing while it fits.
MOST_AUCTIONS = 200_000
# The worker's parts are small and nobody puts them together: so many of the newest are read within about three seconds.
MOST_FILES = 3_000
# One held out of so many.
HELD_OUT = 5
# A place with fewer may belong to a seller that tells of wins alone.
LEAST_LOSSES_OF_A_PLACE = 5
# OpenRTB loss reasons that a higher bid would have changed: below the floor, below the deal's, a higher bid won.
PRICE_LOSSES = (100, 101, 102)


@dataclass(frozen=True, slots=True)
class LearnedPrices:
    """What came of one currency.

    Args:
        auctions: that could teach, held-out ones included; ``won`` of them were won, of ``told`` the price is known.
        silent_segments: left out because hardly any loss was told there.
        is_taken: the new model is in service.
        why_not: the reason where it is not.
        trial: on held-out auctions; ``None`` where there was too little to fit.
    """

    currency: str
    auctions: int
    won: int
    told: int
    segments: int
    silent_segments: int
    is_taken: bool
    why_not: str = ""
    trial: ShadingTrial | None = None


def learn_prices(
    lake: Lake,
    file: ShadingFile,
    now: datetime,
    *,
    window_days: int,
    most_files: int | None = None,
    progress: Progress = lambda *_: None,
) -> list[LearnedPrices]:
    """Fit each currency's auctions of the last ``window_days``, try the model, and serve it if nothing objects.

    With ``most_files`` only so many of the lake's newest files are read, which takes about a millisecond each.
    Whatever is not taken leaves the model in service as it is. A damaged file counts as none and is replaced; raises
    ConfigRejected for one that another version wrote, TableRejected for a damaged lake.
    """
    served = _in_service(file)
    models, fitted = dict(served.by_currency), dict(served.fitted)
    told = []
    progress(0, 1, "reading ended auctions")
    frame = _ended_auctions(lake, now - timedelta(days=window_days), most_files)
    progress(1, 1, "reading ended auctions")
    for (currency,), rows in sorted(frame.group_by("currency"), key=lambda pair: str(pair[0])):
        report, model = _learn(str(currency), rows, models.get(str(currency)))
        told.append(report)
        if model is not None:
            models[str(currency)], fitted[str(currency)] = model, now
    if any(report.is_taken for report in told):
        file.write(LearnedShading(models, fitted))
    return told


class PriceLearner:
    """``learn_prices`` every so often, for as long as a worker lives; never, with ``every_s`` 0."""

    def __init__(self, lake: Lake, file: ShadingFile, *, every_s: float, window_days: int) -> None:
        self._lake, self._file = lake, file
        self._every_s, self._window_days = every_s, window_days
        self._due: datetime | None = None

    def look(self, now: datetime) -> list[LearnedPrices]:
        """What was learned, if it was time. What goes wrong is logged: the worker has more to do than this."""
        if self._every_s <= 0 or (self._due is not None and now < self._due):
            return []
        self._due = now + timedelta(seconds=self._every_s)
        try:
            return learn_prices(self._lake, self._file, now, window_days=self._window_days, most_files=MOST_FILES)
        except (AdplatError, OSError):
            log.exception("learned no prices; those in service stay")
            return []


def _in_service(file: ShadingFile) -> LearnedShading:
    try:
        return file.read() or LearnedShading({}, {})
    except InternalFault:
        log.exception("what was learned before is lost")
        return LearnedShading({}, {})


def _ended_auctions(lake: Lake, since: datetime, most_files: int | None) -> pl.DataFrame:
    """First-price auctions that the price decided, the newest ``MOST_AUCTIONS`` of each currency, oldest first."""
    by_price = pl.col("won") | pl.col("loss_reason").is_null() | pl.col("loss_reason").is_in(PRICE_LOSSES)
    told, bid = pl.col("min_to_win_micros"), pl.col("bid_micros")
    # A seller that contradicts itself told nothing: it sold for less than would have sufficed, or did not for more.
    makes_sense = (told > 0) & pl.when(pl.col("won")).then(told <= bid).otherwise(told >= bid)
    rows = lake.scan("bids", since=since, most_files=most_files).filter(
        pl.col("ts") >= since,
        pl.col("auction") == AuctionKind.FIRST_PRICE.value,
        ~pl.col("has_fixed_price"),
        pl.col("won").is_not_null(),
        bid > 0,
        pl.col("value_micros") >= bid,
        by_price,
    )
    return (
        rows.select(
            "request_id",
            "ts",
            "currency",
            "placement",
            "deal_id",
            "bid_micros",
            "value_micros",
            "won",
            told=pl.when(makes_sense).then(told),
        )
        .sort("ts", "request_id")
        .group_by("currency", maintain_order=True)
        .tail(MOST_AUCTIONS)
        .collect()
    )


def _learn(currency: str, rows: pl.DataFrame, before: ShadingModel | None) -> tuple[LearnedPrices, ShadingModel | None]:
    every = _log_of(rows)
    speaking = _tells_of_losses(every)
    auctions, silent = every.where(speaking), np.unique(every.keys[~speaking])
    won, told = int(auctions.won.sum()), int((auctions.min_to_win_micros > 0).sum())

    def report(why_not: str, trial: ShadingTrial | None = None) -> LearnedPrices:
        segments = len(np.unique(auctions.keys))
        return LearnedPrices(currency, len(auctions), won, told, segments, len(silent), not why_not, why_not, trial)

    if len(auctions) < LEAST_AUCTIONS or min(won, len(auctions) - won) < LEAST_ENDS:
        too_little = f"{len(auctions)} ended auctions, {won} of them won: "
        return report(f"{too_little}at least {LEAST_AUCTIONS} are needed, {LEAST_ENDS} won and as many lost"), None
    held_out = _held_out(rows.get_column("request_id"))[speaking]
    model = auctions.where(~held_out).fit()
    trial = try_shading(model, before, auctions.where(held_out))
    return report(trial.objection, trial), None if trial.objection else model


def _log_of(rows: pl.DataFrame) -> AuctionLog:
    places = rows.select("placement", in_deal=pl.col("deal_id").fill_null("") != "").rows()
    return AuctionLog(
        bid_micros=rows.get_column("bid_micros").cast(pl.Float64).to_numpy(),
        value_micros=rows.get_column("value_micros").cast(pl.Float64).to_numpy(),
        won=rows.get_column("won").to_numpy(),
        min_to_win_micros=rows.get_column("told").cast(pl.Float64).fill_null(np.nan).to_numpy(),
        keys=np.array([segment_key(placement, in_deal=in_deal) for placement, in_deal in places], dtype=np.str_),
    )


def _tells_of_losses(auctions: AuctionLog) -> Bools:
    """(N,) whether losses are told where the auction was held."""
    _, places = np.unique(auctions.keys, return_inverse=True)
    speaking: Bools = (np.bincount(places, ~auctions.won) >= LEAST_LOSSES_OF_A_PLACE)[places]
    return speaking


def _held_out(request_ids: pl.Series) -> Bools:
    """(N,) by a hash that is the same in every version and on every machine."""
    return np.array([zlib.crc32(name.encode()) % HELD_OUT == 0 for name in request_ids.to_list()], dtype=np.bool_)
