"""Prices learned from the lake: what teaches, what is taken, and that served bids earn by it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from adplat.data import Lake
from adplat.domain import AuctionKind, ConfigRejected, Event, EventKind, Opportunity, Slot, UserContext
from adplat.flows.bid_book import BidBook
from adplat.flows.bid_table import BidTable
from adplat.flows.decide_bid import Offer, decide_bid
from adplat.flows.learn_prices import LearnedPrices, PriceLearner, learn_prices
from adplat.flows.rank_creatives import Serving, policies_of
from adplat.flows.request_time import RequestTime, StepTimes
from adplat.flows.typical_scores import TypicalScores
from adplat.market import PriceLaw, ShadingModel
from adplat.snapshots import DeploymentPointer, LearnedShading, ShadingFile, load_snapshot
from adplat.storage import open_bid_state
from tests.flows.fold_rig import Rig
from tests.flows.small_shop import NOON, PlainScorer, Shop

LATER = NOON + timedelta(hours=12)
MEDIANS_MICROS = {"feed": 6_000.0, "story": 14_000.0}


def auctions(
    count: int, seed: int = 1, median_micros: float = 1_000.0, told: float = 0.3, **facts: Any
) -> pl.DataFrame:
    """Ended auctions as the worker writes them; the seller's least winning bids are log-logistic."""
    rng = np.random.default_rng(seed)
    value = np.floor(1.6 * median_micros * np.exp(0.5 * rng.normal(size=count))).astype(np.int64) + 1
    bid = np.floor(value * rng.uniform(0.4, 1.0, count)).astype(np.int64) + 1
    price = np.ceil(median_micros * np.exp(0.3 * rng.logistic(size=count))).astype(np.int64)
    minutes = rng.permutation(count) * (600.0 / count)
    columns: dict[str, Any] = {
        "request_id": [f"r{seed}-{n}" for n in range(count)],
        "ts": [NOON + timedelta(minutes=m) for m in minutes.tolist()],
        "campaign_id": "k1",
        "bid_micros": np.minimum(bid, value),
        "won": np.minimum(bid, value) >= price,
        "min_to_win_micros": [p if t else None for p, t in zip(price.tolist(), rng.random(count) < told, strict=True)],
        "placement": "feed",
        "decision_id": [f"d{seed}-{n}" for n in range(count)],
        "auction": "first_price",
        "currency": "CNY",
        "deal_id": "",
        "has_fixed_price": False,
        "value_micros": value,
        "loss_reason": None,
    }
    return pl.DataFrame(columns | facts)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def file(tmp_path: Path) -> ShadingFile:
    return ShadingFile(tmp_path)


def learn(lake: Lake, file: ShadingFile, now: datetime = LATER, window_days: int = 7) -> list[LearnedPrices]:
    return learn_prices(lake, file, now, window_days=window_days)


def served(file: ShadingFile) -> dict[str, ShadingModel]:
    learned = file.read()
    return {} if learned is None else dict(learned.by_currency)


def test_the_law_of_the_place_is_found_and_put_into_service(lake: Lake, file: ShadingFile) -> None:
    lake.write("bids", auctions(4_000), "a")
    [told] = learn(lake, file)
    assert (told.currency, told.auctions, told.is_taken, told.why_not) == ("CNY", 4_000, True, "")
    law = served(file)["CNY"].law_of("open|feed")
    assert law.median_micros == pytest.approx(1_000.0, rel=0.05)
    assert law.scale == pytest.approx(0.3, rel=0.1)
    # A fifth of the auctions was held out.
    assert told.trial is not None
    assert told.trial.auctions == pytest.approx(800, abs=100)
    assert law.auctions == 4_000 - told.trial.auctions


def test_an_empty_lake_teaches_nothing(lake: Lake, file: ShadingFile) -> None:
    assert learn(lake, file) == []
    assert file.read() is None


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (auctions(499), "499 ended auctions"),
        (auctions(600, won=True, min_to_win_micros=None), "0 ended auctions"),
        (auctions(600, won=False, min_to_win_micros=None), "600 ended auctions, 0 of them won"),
    ],
    ids=["few", "only wins", "only losses"],
)
def test_too_little_is_no_model_and_says_so(lake: Lake, file: ShadingFile, rows: pl.DataFrame, words: str) -> None:
    lake.write("bids", rows, "a")
    [told] = learn(lake, file)
    assert not told.is_taken
    assert words in told.why_not
    assert file.read() is None


@pytest.mark.parametrize(
    "facts",
    [
        {"auction": "second_price"},
        {"auction": None, "currency": None, "value_micros": None},
        {"has_fixed_price": True},
        {"ts": NOON - timedelta(days=8)},
        {"won": False, "loss_reason": 103, "min_to_win_micros": None},
    ],
    ids=["second price", "an older version's", "fixed price", "old", "lost to a deal"],
)
def test_what_does_not_tell_of_prices_changes_no_model(tmp_path: Path, facts: dict[str, Any]) -> None:
    models = []
    for name, more in (("with", True), ("without", False)):
        lake, file = Lake(tmp_path / name / "lake"), ShadingFile(tmp_path / name)
        lake.write("bids", auctions(2_000), "a")
        if more:
            lake.write("bids", auctions(2_000, seed=2, median_micros=90_000.0, **facts), "b")
        assert learn(lake, file)[0].auctions == 2_000
        models.append(served(file))
    assert models[0] == models[1]


def test_a_seller_that_tells_of_wins_alone_does_not_teach_that_any_bid_wins(lake: Lake, file: ShadingFile) -> None:
    lake.write("bids", auctions(2_000), "a")
    silent = auctions(2_000, seed=2, placement="story", told=0.0)
    lake.write("bids", silent.filter(pl.col("won")), "b")
    [told] = learn(lake, file)
    assert (told.auctions, told.segments, told.silent_segments, told.is_taken) == (2_000, 1, 1, True)
    assert set(served(file)["CNY"].by_key) == {"open|feed"}


def test_a_seller_that_contradicts_itself_told_no_price(tmp_path: Path) -> None:
    models = []
    for name, wrong in (("without", False), ("with", True)):
        rows = auctions(2_000, told=0.0)
        if wrong:
            beyond = pl.col("bid_micros") + pl.when(pl.col("won")).then(100_000).otherwise(-pl.col("bid_micros") // 2)
            rows = rows.with_columns(min_to_win_micros=beyond)
        lake, file = Lake(tmp_path / name / "lake"), ShadingFile(tmp_path / name)
        lake.write("bids", rows, "a")
        assert [one.told for one in learn(lake, file)] == [0]
        models.append(served(file))
    assert models[0] == models[1]


def test_each_currency_has_prices_of_its_own(lake: Lake, file: ShadingFile) -> None:
    lake.write("bids", auctions(2_000), "a")
    lake.write("bids", auctions(2_000, seed=2, median_micros=150.0, currency="USD", deal_id="pmp"), "b")
    lake.write("bids", auctions(20, seed=3, currency="EUR"), "c")
    told = {one.currency: one.is_taken for one in learn(lake, file)}
    assert told == {"CNY": True, "EUR": False, "USD": True}
    models = served(file)
    assert models["USD"].law_of("deal|feed").median_micros == pytest.approx(150.0, rel=0.1)
    # A quiet currency keeps its model when another one is learned anew.
    learn(lake, file, LATER + timedelta(days=20))
    assert served(file) == models


def test_a_model_in_service_that_expects_more_stays(lake: Lake, file: ShadingFile) -> None:
    truth = ShadingModel(PriceLaw(float(np.log(1_000.0)), 0.3), {})
    file.write(LearnedShading({"CNY": truth}, {"CNY": NOON}))
    lake.write("bids", auctions(600, told=0.0), "a")
    [told] = learn(lake, file)
    assert told.trial is not None
    assert told.trial.surplus_micros < told.trial.surplus_before_micros
    assert not told.is_taken
    assert "that of the model in service" in told.why_not
    assert served(file) == {"CNY": truth}
    absurd = ShadingModel(PriceLaw(float(np.log(20.0)), 0.3), {})
    file.write(LearnedShading({"CNY": absurd}, {"CNY": NOON}))
    [told] = learn(lake, file)
    assert told.is_taken
    assert served(file) != {"CNY": absurd}


def test_a_damaged_file_is_replaced_and_one_of_another_version_is_not(lake: Lake, file: ShadingFile) -> None:
    lake.write("bids", auctions(1_000), "a")
    file.path.write_text("{")
    assert learn(lake, file)[0].is_taken
    assert "CNY" in served(file)
    newer = json.dumps(json.loads(file.path.read_text()) | {"format": 99})
    file.path.write_text(newer)
    with pytest.raises(ConfigRejected, match="format 99"):
        learn(lake, file)
    assert file.path.read_text() == newer


def test_a_worker_learns_every_so_often_and_outlives_what_goes_wrong(lake: Lake, file: ShadingFile) -> None:
    learner = PriceLearner(lake, file, every_s=600.0, window_days=7)
    lake.write("bids", auctions(1_000), "a")
    assert len(learner.look(LATER)) == 1
    assert learner.look(LATER + timedelta(seconds=599)) == []
    assert len(learner.look(LATER + timedelta(seconds=600))) == 1
    [part] = {path for path in (lake.root / "bids").rglob("*.parquet") if "T13" in str(path)}
    part.write_bytes(b"PAR1 no more")
    assert learner.look(LATER + timedelta(hours=1)) == []
    assert PriceLearner(lake, file, every_s=0.0, window_days=7).look(LATER) == []


class Market:
    """A shop's bidder against rivals whose least winning bids nobody tells it; every decision goes through Redis."""

    def __init__(self, shop: Shop, rig: Rig) -> None:
        pointer = DeploymentPointer(shop.workspace)
        snapshot = load_snapshot(pointer.folder_of(pointer.read()))
        scorer = PlainScorer.load(Path(shop.bundle.path))
        self._serving = Serving(snapshot, scorer, policies_of(snapshot.policy), BidBook.of(snapshot))
        self._rig = rig

    def play(self, count: int, shading: dict[str, ShadingModel], seed: int) -> pl.DataFrame:
        """Bid, win and lose; half of the losses tell what would have sufficed. One row a bid."""
        table = BidTable.of(self._serving, {}, shading, TypicalScores(8), np.zeros(2, np.int64))
        rng, rivals, name = np.random.default_rng(seed), np.random.default_rng([seed, 1]), f"day{seed}"
        rows: list[dict[str, Any]] = []

        async def run() -> None:
            state = open_bid_state(self._rig.url, namespace=self._rig.namespace, timeout_s=10.0)
            closed, events = [], []
            for number in range(count):
                place = "feed" if number % 2 else "story"
                now = NOON + timedelta(seconds=number)
                asked = Opportunity(
                    f"{name}-{number}", now, (Slot("s", place),), UserContext(""), auction=AuctionKind.FIRST_PRICE
                )
                outcome = await decide_bid(state, table, asked, rng, RequestTime(StepTimes(), None, lambda: 0.0))
                offer = outcome.answers["s"]
                price = int(MEDIANS_MICROS[place] * np.exp(0.35 * rivals.logistic()))
                tells = bool(rivals.random() < 0.5)
                assert isinstance(offer, Offer)
                assert outcome.closed is not None
                terms = offer.decision.terms
                assert terms is not None
                bid = offer.price.amount_micros
                kind = EventKind.BILLING if bid >= price else EventKind.LOSS
                event = Event(f"{name}-{number}", kind, offer.decision_id, now)
                closed.append(outcome.closed)
                events.append(
                    replace(event, price_micros=bid)
                    if kind is EventKind.BILLING
                    else replace(event, min_to_win_micros=price if tells else None, loss_reason=102)
                )
                rows.append({"place": place, "value": terms.value_micros, "bid": bid, "won": bid >= price})
            for at in range(0, count, 500):
                await state.close_requests(closed[at : at + 500])
                await state.record_notices(events[at : at + 500], LATER)
            await state.close()

        asyncio.run(run())
        return pl.DataFrame(rows).with_columns(surplus=(pl.col("value") - pl.col("bid")) * pl.col("won"))


def test_a_bidder_that_learned_from_its_own_auctions_earns_what_bidding_the_value_gives_away(
    shop: Shop, rig: Rig, tmp_path: Path
) -> None:
    market, file = Market(shop, rig), ShadingFile(tmp_path)
    value_bids = market.play(3_000, {}, 1)
    assert (value_bids["bid"] == value_bids["value"]).all()
    assert value_bids["surplus"].sum() == 0
    rig.fold_all()
    [told] = learn_prices(rig.lake, file, LATER, window_days=7)
    assert told.is_taken
    assert told.auctions == 3_000

    shaded = market.play(3_000, served(file), 2)
    assert (shaded["bid"] < shaded["value"]).all()
    assert shaded["surplus"].mean() == pytest.approx(best_surplus(shaded), rel=0.05)
    # It may learn again from bids that it shaded itself, and stays as good.
    rig.fold_all()
    [told] = learn_prices(rig.lake, file, LATER, window_days=7)
    assert told.auctions == 6_000
    again = market.play(3_000, served(file), 3)
    assert again["surplus"].mean() == pytest.approx(best_surplus(again), rel=0.05)


def best_surplus(rows: pl.DataFrame) -> float:
    """Of somebody who knows the rivals' law, for one auction."""
    shares = np.linspace(0.01, 1.0, 400)
    total = 0.0
    for (place,), part in rows.group_by("place"):
        values = part["value"].to_numpy()[:, None].astype(float)
        bids = values * shares
        law = PriceLaw(float(np.log(MEDIANS_MICROS[str(place)])), 0.35)
        total += float(((values - bids) * law.win_chances(bids)).max(axis=1).sum())
    return total / len(rows)


def test_a_worker_reads_the_newest_files_only(lake: Lake, file: ShadingFile) -> None:
    lake.write("bids", auctions(1_000), "stream-1")
    whole = learn(lake, file)[0].auctions
    some = learn_prices(lake, file, LATER, window_days=7, most_files=6)[0]
    # Ten hours of a hundred auctions each; the last files are those of the newest hours.
    assert whole == 1_000
    assert some.auctions == pytest.approx(600, abs=20)
    assert lake.scan("bids", most_files=6).collect()["ts"].min() >= NOON + timedelta(hours=4)
