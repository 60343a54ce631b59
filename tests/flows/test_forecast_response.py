from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from adplat.data import Lake
from adplat.domain import BidStrategy, BidStrategyKind, ConfigRejected, Refusal, Refused, UnknownReference
from adplat.flows.forecast_response import creative_responses
from adplat.flows.response_by_history import HistoryWord
from adplat.flows.response_evidence import ResponsePast, read_response_past
from adplat.flows.response_word import PlannedCreative
from adplat.forecast import CampaignPlan, Fatigue, NewCreative, PlanResponse
from adplat.simulator import World, WorldConfig, build_world, write_world
from adplat.simulator.trade import LANGUAGES, PLACEMENTS
from adplat.simulator.traffic import draw_requests, hour_weights
from tests.flows.model_market import ModelMarket, quiet

LOG_END = datetime(2026, 9, 9, 16, tzinfo=UTC)  # three local days from 2026-09-06 16:00 UTC
TRAINED_UNTIL = datetime(2026, 9, 9, tzinfo=UTC)


def a_plan(*creatives: str, new: tuple[NewCreative, ...] = (), advertiser_id: str = "") -> CampaignPlan:
    return CampaignPlan(
        name="autumn",
        start=date(2026, 9, 10),
        end=date(2026, 9, 16),
        bid=BidStrategy(BidStrategyKind.CPM, target_micros=20_000_000),
        total_budget_micros=100_000_000,
        creatives=list(creatives),
        new_creatives=list(new),
        advertiser_id=advertiser_id,
    )


def told(
    folder: Path,
    plan: CampaignPlan,
    cache: Path,
    *,
    bundle: str | None = None,
    as_of: datetime = LOG_END,
    openings: pl.DataFrame | None = None,
    plan_folder: Path | None = None,
) -> PlanResponse:
    found = creative_responses(
        folder,
        plan,
        openings,
        as_of=as_of,
        bundle_dir=None if bundle is None else Path(bundle),
        plan_folder=plan_folder,
        cache_dir=cache,
        progress=quiet,
    )
    assert isinstance(found, PlanResponse), found
    return found


def shown_and_new(market: ModelMarket) -> tuple[list[str], list[str]]:
    shown = pl.read_parquet(market.world / "lake" / "impressions" / "**" / "*.parquet")["creative_id"].unique()
    every = pl.read_parquet(market.world / "catalogue" / "creatives.parquet")["creative_id"]
    return sorted(shown), sorted(set(every) - set(shown))


def test_without_a_bundle_a_creatives_own_log_tells_its_rate(market: ModelMarket, tmp_path: Path) -> None:
    shown, _ = shown_and_new(market)
    response = told(market.world, a_plan(*shown), tmp_path)
    assert [one.creative_id for one in response.creatives] == shown
    assert response.bundle_id == ""
    seen = np.array([one.clicks / one.impressions for one in response.creatives])
    believed = np.array([one.click_rate.mean for one in response.creatives])
    assert np.corrcoef(seen, believed)[0, 1] > 0.9
    assert np.std(np.log(believed)) < np.std(np.log(seen + 1e-3))  # drawn to the others
    for one in response.creatives:
        assert one.model_p_ctr is None
        assert one.conversion_rate is not None
        assert one.value is not None


def test_a_creative_that_never_ran_is_less_sure_and_one_of_a_new_advertiser_still_less(
    market: ModelMarket, tmp_path: Path
) -> None:
    shown, new = shown_and_new(market)
    category = pl.read_parquet(market.world / "catalogue" / "creatives.parquet")["category"][0]
    stranger = NewCreative("A pot of tea", category=category)
    response = told(market.world, a_plan(shown[0], new[0], new=(stranger,)), tmp_path)
    known, fresh, strange = response.creatives
    assert strange.creative_id == "new:1"
    assert known.click_rate.log_sd < fresh.click_rate.log_sd < strange.click_rate.log_sd
    assert strange.click_rate.shared_log_sd > fresh.click_rate.shared_log_sd
    assert fresh.impressions == 0


def test_a_bundle_is_believed_as_far_as_later_showings_bear_it_out(market: ModelMarket, tmp_path: Path) -> None:
    shown, new = shown_and_new(market)
    response = told(market.world, a_plan(*shown, *new), tmp_path, bundle=market.first.path)
    assert response.bundle_id == market.first.bundle_id
    assert response.notes == ()
    assert set(response.trust) >= {"click_known_exponent", "click_new_exponent", "click_known_creative_log_sd"}
    for one in response.creatives:
        assert one.model_p_ctr is not None
        assert 0.3 < one.click_rate.mean / one.model_p_ctr < 3.0
        assert one.cell_factors.keys() == response.creatives[0].cell_factors.keys()


def test_a_new_creative_with_picture_and_words_is_scored(market: ModelMarket, tmp_path: Path) -> None:
    pictures = sorted((market.world / "images").glob("*.png"))
    shutil.copy(pictures[0], tmp_path / "mine.png")
    advertiser = pl.read_parquet(market.world / "catalogue" / "advertisers.parquet")["advertiser_id"][0]
    words = NewCreative("A quiet morning", "Fresh beans", "Buy", "mine.png", "en", "food")
    plan = a_plan(new=(words,), advertiser_id=advertiser)
    response = told(market.world, plan, tmp_path / "cache", bundle=market.first.path, plan_folder=tmp_path)
    (one,) = response.creatives
    assert one.creative_id == "new:1"
    assert one.model_p_ctr is not None
    assert 0.0 < one.click_rate.quantile(0.1) < one.click_rate.mean < one.click_rate.quantile(0.9) < 1.0


def test_a_picture_that_is_not_there_is_refused(market: ModelMarket, tmp_path: Path) -> None:
    plan = a_plan(new=(NewCreative("A quiet morning", image_path="gone.png"),))
    with pytest.raises(ConfigRejected, match="new:1"):
        told(market.world, plan, tmp_path, bundle=market.first.path, plan_folder=tmp_path)


def test_an_unknown_creative_is_refused_naming_the_nearest(market: ModelMarket, tmp_path: Path) -> None:
    with pytest.raises(UnknownReference, match="did you mean 'c0000") as caught:
        told(market.world, a_plan("c00001"), tmp_path)
    assert caught.value.exit_code == 2


def test_a_category_that_never_ran_is_refused_without_a_bundle(market: ModelMarket, tmp_path: Path) -> None:
    found = creative_responses(
        market.world,
        a_plan(new=(NewCreative("A submarine", category="submarines"),)),
        None,
        as_of=LOG_END,
        cache_dir=tmp_path,
        progress=quiet,
    )
    assert isinstance(found, Refused)
    assert found.reason is Refusal.NO_COMPARABLE_CAMPAIGN


def test_a_stranger_is_told_by_its_category() -> None:
    rates = {"hot-1": 0.04, "hot-2": 0.04, "cold-1": 0.01, "cold-2": 0.01}
    rows = [
        {"creative_id": f"{name}-{number}", "advertiser_id": name, "clicks": 4_000.0 * rate}
        for name, rate in rates.items()
        for number in range(6)
    ]
    shown = pl.DataFrame(rows).with_columns(
        impressions=pl.lit(4_000.0), placement=pl.lit("feed"), position=pl.lit(0, pl.Int64), part=pl.lit(0, pl.Int64)
    )
    catalogue = shown.select("creative_id", pl.col("creative_id").str.split("-").list.first().alias("category"))
    nothing = {"creative_id": pl.String, "advertiser_id": pl.String, "matured": pl.Float64, "conversions": pl.Float64}
    past = ResponsePast(
        shown, pl.DataFrame(schema=nothing), pl.DataFrame(), Fatigue(0.0, 0.0, 1.0), 1.0, LOG_END, LOG_END
    )
    word, openings = HistoryWord(past, catalogue), shown.head(1)
    base = past.base_rates(openings)
    hot, cold = (word.of(PlannedCreative("new:1", "", name), openings, base) for name in ("hot", "cold"))
    assert hot.click_rate.quantile(0.1) < 0.04 < hot.click_rate.quantile(0.9)
    assert cold.click_rate.quantile(0.1) < 0.01 < cold.click_rate.quantile(0.9)
    assert hot.conversion_rate is None
    assert "nobody knows" in word.conversions_unknown


def test_before_the_first_click_nothing_is_told(market: ModelMarket, tmp_path: Path) -> None:
    found = creative_responses(
        market.world,
        a_plan("c000001"),
        None,
        as_of=datetime(2026, 9, 6, tzinfo=UTC),
        cache_dir=tmp_path,
        progress=quiet,
    )
    assert isinstance(found, Refused)


def test_nothing_after_the_moment_is_read(market: ModelMarket, tmp_path: Path) -> None:
    shown, new = shown_and_new(market)
    plan, as_of = a_plan(*shown[:4], new[0]), datetime(2026, 9, 8, 20, 30, tzinfo=UTC)
    whole = Lake(market.world / "lake")
    past = {
        table: whole.scan(table).filter(pl.col("ts") < as_of).collect()
        for table in ("impressions", "clicks", "conversions")
    }
    # Afterwards everybody clicks on everything that was shown before, and buys.
    later = past["impressions"].select("decision_id", pl.lit(as_of).dt.cast_time_unit("us").alias("ts"))
    future = {
        "impressions": whole.scan("impressions").filter(pl.col("ts") >= as_of).collect(),
        "clicks": later,
        "conversions": later.with_columns(value_micros=pl.lit(10**9), kind=pl.lit("purchase")),
    }
    folders = tmp_path / "past", tmp_path / "future"
    for folder in folders:
        folder.mkdir()
        for name in ("catalogue", "images"):
            (folder / name).symlink_to(market.world / name)
        for table, rows in past.items():
            Lake(folder / "lake").write(table, rows, "0000")
    for table, rows in future.items():
        Lake(folders[1] / "lake").write(table, rows, "0001")
    assert told(folders[0], plan, tmp_path, as_of=as_of) == told(folders[1], plan, tmp_path, as_of=as_of)


def test_a_bundle_that_knows_the_future_is_refused(market: ModelMarket, tmp_path: Path) -> None:
    with pytest.raises(ConfigRejected, match="may not know"):
        told(
            market.world,
            a_plan("c000001"),
            tmp_path,
            bundle=market.first.path,
            as_of=TRAINED_UNTIL - timedelta(hours=2),
        )


def test_young_clicks_wait_for_their_conversions(market: ModelMarket) -> None:
    past = read_response_past(Lake(market.world / "lake"), LOG_END)
    assert past is not None
    by_age = past.clicked.sort("clicked_at")
    assert by_age["matured"].is_sorted(descending=True)
    assert by_age["matured"][0] == pytest.approx(1.0)
    assert by_age["matured"][-1] < 0.6


def test_openings_in_dear_places_are_answered_more_often(market: ModelMarket, tmp_path: Path) -> None:
    openings = Lake(market.world / "lake").scan("impressions").collect().sort("ts")
    shown, _ = shown_and_new(market)
    found = told(market.world, a_plan(shown[0]), tmp_path, openings=openings).creatives[0]
    best = max(found.cell_factors, key=lambda one: found.cell_factors[one])
    there = openings.filter(pl.col("placement") == best)
    alone = told(market.world, a_plan(shown[0]), tmp_path, openings=there).creatives[0]
    assert alone.click_rate.mean == pytest.approx(found.click_rate.mean * found.cell_factors[best], rel=0.1)
    assert alone.click_rate.mean > 1.05 * found.click_rate.mean


def test_where_a_lake_logs_opportunities_they_are_what_is_looked_at(market: ModelMarket, tmp_path: Path) -> None:
    """All of them in one placement, so that it shows."""
    shown, _ = shown_and_new(market)
    folder, before = tmp_path / "logged", Lake(market.world / "lake")
    folder.mkdir()
    for name in ("catalogue", "images"):
        (folder / name).symlink_to(market.world / name)
    for table in ("impressions", "clicks", "conversions"):
        Lake(folder / "lake").write(table, before.scan(table).collect(), "0000")
    rows = before.scan("impressions").collect().head(900)
    told_there = ["request_id", "ts", "user_key", "position", "device", "region", "language", "hour", "weekday"]
    requests = rows.select(*told_there, placement=pl.lit("home_600x500"), sample_rate=pl.lit(0.1))
    Lake(folder / "lake").write("requests", requests, "0000")
    for bundle in (None, market.first.path):
        response = told(folder, a_plan(shown[0]), tmp_path, bundle=bundle)
        assert 800 < response.openings <= 900
        assert response.creatives[0].cell_factors == {"home_600x500": pytest.approx(1.0)}


def a_world(seed: int) -> World:
    return build_world(
        WorldConfig(
            name="answers", start=date(2026, 9, 7), seed=seed, days=6, advertisers=6, campaigns_per_advertiser=1,
            creatives_per_campaign=8, new_creatives_per_campaign=3, users=1500, impressions=60_000, bot_share=0.0,
            click_rate=0.02,
        )
    )  # fmt: skip


def truths(world: World, campaign: int) -> tuple[dict[str, float], list[str], list[str]]:
    """True first-view click rate by creative over what the campaign may answer, and where that is."""
    campaigns, creatives = world.catalogue.campaigns, world.catalogue.creatives
    rng = np.random.default_rng(9)
    hours = rng.choice(24 * world.config.days, size=15_000, p=hour_weights(world.config)).astype(np.int32)
    requests = draw_requests(world.population, hours, rng, people_only=True)
    may = campaigns.placements[campaign][requests.placement] & campaigns.languages[campaign][requests.language]
    mine = requests.take(np.flatnonzero(may).astype(np.int32))
    never = np.zeros(len(mine), dtype=np.int64)
    rates = {
        world.creative_ids[row]: float(
            world.response.click_probability(mine, np.full(len(mine), row, dtype=np.int32), never).mean()
        )
        for row in np.flatnonzero(creatives.campaign == campaign)
    }
    places = [
        place.placement for place, inside in zip(PLACEMENTS, campaigns.placements[campaign], strict=True) if inside
    ]
    languages = [name for name, inside in zip(LANGUAGES, campaigns.languages[campaign], strict=True) if inside]
    return rates, places, languages


def test_most_true_click_rates_of_simulated_worlds_lie_between_p10_and_p90(tmp_path: Path) -> None:
    """Measured over twelve worlds: docs/forecasts.md, Response."""
    inside = []
    for seed in (1, 2):
        world, folder = a_world(seed), tmp_path / str(seed)
        write_world(world, folder, quiet)
        log = Lake(folder / "lake").scan("impressions").collect().sort("ts")
        for campaign in range(len(world.catalogue.campaigns.advertiser)):
            rates, places, languages = truths(world, campaign)
            openings = log.filter(pl.col("placement").is_in(places) & pl.col("language").is_in(languages))
            response = told(folder, a_plan(*rates), tmp_path, as_of=world.config.log_end, openings=openings)
            inside += [
                one.click_rate.quantile(0.1) <= rates[one.creative_id] <= one.click_rate.quantile(0.9)
                for one in response.creatives
            ]
    assert 0.66 <= np.mean(inside) <= 0.92, np.mean(inside)
