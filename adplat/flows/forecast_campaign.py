"""Forecast one campaign: read what is known, replay the plan on it, correct, and tell; or say why nothing is told."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from adplat.ctr import read_manifest
from adplat.data import as_config, read_document, read_table
from adplat.domain import ConfigRejected, MissingInput, Progress, Refused, UnknownReference
from adplat.flows.campaign_document import forecast_document, refused_document
from adplat.flows.campaign_sources import CampaignSources, campaign_sources
from adplat.flows.forecast_response import catalogue_of_creatives, creative_responses, known_by
from adplat.flows.replay_plan import REPLICATES, Market, replay_plan
from adplat.forecast import (
    FEATURE_NAMES,
    CampaignCorrection,
    CampaignForecast,
    CampaignPlan,
    OpportunitySample,
    PlanResponse,
    check_plan,
    correction_id,
    correction_of_bytes,
    forecast_supply,
    reachable_users,
    told_forecast,
)

Respond = Callable[[pl.DataFrame, datetime], PlanResponse | Refused]
"""How a plan's creatives are answered over eligible openings, from what was known before a moment."""


@dataclass(frozen=True, slots=True)
class ForecastRun:
    """What was told of a plan: the document, and the forecast behind it where there is one."""

    plan: CampaignPlan
    document: dict[str, Any]
    forecast: CampaignForecast | None


def read_plan(path: Path) -> CampaignPlan:
    """A checked plan. Raises MissingInput, ConfigRejected."""
    plan = as_config(read_document(path), CampaignPlan, where=str(path))
    check_plan(plan, where=str(path))
    return plan


def read_correction(path: Path | None) -> CampaignCorrection:
    """The correction of a file; without one nothing is corrected. Raises MissingInput, ConfigRejected."""
    if path is None:
        return CampaignCorrection()
    try:
        correction = correction_of_bytes(path.read_bytes(), where=str(path))
    except OSError:
        raise MissingInput("no such correction", where=str(path), hint="check the path, or leave it out") from None
    # Offsets do not look at features; trees that would look at others would tell nonsense.
    by_features = any(one.trees is not None for one in correction.metrics.values())
    if by_features and correction.names != FEATURE_NAMES:
        raise ConfigRejected(
            "a correction that was learned from other features",
            where=str(path),
            hint="learn it again, or take --correction none",
        )
    return correction


def forecast_campaign(
    plan_path: Path,
    folder: Path,
    progress: Progress,
    *,
    bundle_dir: Path | None = None,
    correction_path: Path | None = None,
    cache_dir: Path,
    seed: int = 0,
    campaigns: Collection[str] = (),
) -> ForecastRun:
    """The forecast of a plan's file from the lake in ``folder``; ``campaigns`` are known beside those of its catalogue.

    Raises InputError for a plan that cannot be, a creative or a campaign that is not in the catalogue, a targeting that
    meets nothing.
    """
    plan = read_plan(plan_path)
    _refuse_absent_pictures(plan, plan_path)
    correction = read_correction(correction_path)
    sources = campaign_sources(folder, progress, currency=plan.currency)
    _refuse_unknown_advertiser(plan, sources.folder, where=str(plan_path))
    refuse_unknown_campaign(plan, campaigns_of_catalogue(sources.folder) | set(campaigns), where=str(plan_path))

    def respond(openings: pl.DataFrame, as_of: datetime) -> PlanResponse | Refused:
        return creative_responses(
            sources.folder,
            plan,
            openings,
            as_of=as_of if bundle_dir is None else known_by(read_manifest(bundle_dir), as_of),
            bundle_dir=bundle_dir,
            plan_folder=plan_path.parent,
            cache_dir=cache_dir,
            progress=progress,
        )

    return forecast_plan(plan, sources, respond, correction, where=str(plan_path), seed=seed)


def forecast_plan(
    plan: CampaignPlan,
    sources: CampaignSources,
    respond: Respond,
    correction: CampaignCorrection,
    *,
    where: str,
    seed: int = 0,
) -> ForecastRun:
    """The forecast of a checked plan from what was read already. Raises InputError as ``forecast_campaign``."""
    sample = sources.sample
    mask = sample.mask(plan.targeting, plan.time_zone)
    if not mask.any():
        raise ConfigRejected(
            f"no opportunity of the log, {sample.data_from:%Y-%m-%d} to {sample.data_to:%Y-%m-%d}, meets the targeting",
            where=f"{where}: targeting",
            hint=f"widen it, or check the names against the lake; its placements are {', '.join(_most(sample))}",
        )
    # Creatives first: a name that is not there is an error whatever the log has.
    response = respond(_openings_frame(sample, np.flatnonzero(mask)), moment_after(sample))
    supply = forecast_supply(
        sample,
        plan.targeting,
        plan.time_zone,
        plan.start,
        plan.end,
        np.random.default_rng(seed),
        holidays=sources.holidays,
    )
    reach = reachable_users(sample, plan.targeting, plan.time_zone, plan.days)
    if isinstance(supply, Refused) or isinstance(response, Refused) or isinstance(reach, Refused):
        reasons = [one for one in (supply, response, reach) if isinstance(one, Refused)]
        return ForecastRun(plan, refused_document(plan, reasons), None)
    shading = sources.shading_for(plan.currency)
    market = Market(sample, supply, reach, sources.landscape, sources.price_log_sd, shading)
    told = told_forecast(replay_plan(plan, market, response, seed=seed), correction)
    inputs = _inputs(plan, sources, response, correction, seed)
    return ForecastRun(plan, forecast_document(plan, told, response, inputs), told)


def _refuse_absent_pictures(plan: CampaignPlan, plan_path: Path) -> None:
    """Without a bundle nobody looks at a picture; a name that leads nowhere is wrong all the same."""
    for number, creative in enumerate(plan.new_creatives):
        picture = plan_path.parent / creative.image_path
        if creative.image_path and not picture.is_file():
            raise MissingInput(
                f"no such picture {str(picture)!r}",
                where=f"{plan_path}: new_creatives[{number}].image_path",
                hint="give a file relative to the plan's folder, or leave it out",
            )


def _refuse_unknown_advertiser(plan: CampaignPlan, folder: Path, *, where: str) -> None:
    """A name that is spelt wrongly must not make a known advertiser a new one."""
    known = catalogue_of_creatives(folder)["advertiser_id"].drop_nulls().unique().sort().to_list()
    if plan.advertiser_id and known and plan.advertiser_id not in known:
        near = get_close_matches(plan.advertiser_id, known, n=1)
        raise UnknownReference(
            f"advertiser {plan.advertiser_id!r} has no creative in the catalogue",
            where=f"{where}: advertiser_id",
            hint=f"{f'did you mean {near[0]!r}? ' if near else ''}Leave it out for a new one",
        )


def campaigns_of_catalogue(folder: Path) -> frozenset[str]:
    """Ids of all campaigns that the catalogue in ``folder`` names, with creatives or without. Raises TableRejected."""
    known: set[str] = set()
    for name in ("campaigns", "creatives"):
        path = folder / "catalogue" / f"{name}.parquet"
        frame = read_table(path) if path.is_file() else pl.DataFrame()
        if "campaign_id" in frame.columns:
            known |= set(frame["campaign_id"].cast(pl.String).drop_nulls())
    return frozenset(known)


def refuse_unknown_campaign(plan: CampaignPlan, known: Collection[str], *, where: str) -> None:
    """A forecast of a campaign that nobody runs could never be scored. Where no campaign is known, each may be one.

    Raises UnknownReference.
    """
    if plan.campaign_id and known and plan.campaign_id not in known:
        near = get_close_matches(plan.campaign_id, sorted(known), n=1)
        raise UnknownReference(
            f"campaign {plan.campaign_id!r} is not in the catalogue",
            where=f"{where}: campaign_id",
            hint=f"{f'did you mean {near[0]!r}? ' if near else ''}Leave it out, and attach the forecast once it runs",
        )


def moment_after(sample: OpportunitySample) -> datetime:
    """The first moment of which a forecast from this sample knows nothing."""
    return sample.data_to + timedelta(microseconds=1)


def _most(sample: OpportunitySample, count: int = 12) -> list[str]:
    return sorted(value for value in sample.texts["placement"].values if value)[:count]


def _openings_frame(sample: OpportunitySample, rows: NDArray[np.int64]) -> pl.DataFrame:
    """The lake's columns of ``requests`` as far as the sample keeps them; an even part of them is enough."""
    if len(rows) > 5_000:
        rows = rows[np.linspace(0, len(rows) - 1, 5_000).astype(np.int64)]
    texts = {
        name: pl.Series(name, np.array([*column.values, ""])[column.codes[rows]], dtype=pl.String)
        for name, column in sample.texts.items()
    }
    numbers = {"position": sample.position, "hour": sample.hour, "weekday": sample.weekday}
    return pl.DataFrame(
        {
            "ts": pl.Series((sample.at_s[rows] * 1e6).astype(np.int64)).cast(pl.Datetime("us", "UTC")),
            "user_key": pl.Series([None] * len(rows), dtype=pl.String),
            **texts,
            **{name: values[rows].astype(np.int64) for name, values in numbers.items()},
        }
    ).with_columns(
        *(pl.col(name).replace("", None) for name in texts),
        *(pl.when(pl.col(name) >= 0).then(pl.col(name)).alias(name) for name in numbers),
    )


def _inputs(
    plan: CampaignPlan, sources: CampaignSources, response: PlanResponse, correction: CampaignCorrection, seed: int
) -> dict[str, Any]:
    sample = sources.sample
    return {
        "bundle_id": response.bundle_id,
        "data_from": sample.data_from.isoformat(),
        "data_to": sample.data_to.isoformat(),
        "opportunities": {"source": sample.source, "rows": len(sample), "rate": sample.rate},
        "landscape": {
            "auctions": sources.landscape.auctions,
            "won": sources.landscape.won,
            "data_to": sources.landscape_told.get("to"),
        },
        "price_log_sd": sources.price_log_sd,
        "shading": sources.shading_told(plan.currency),
        "holidays": {day.isoformat(): name for day, name in sources.holidays.items() if plan.start <= day <= plan.end},
        "correction_id": correction_id(correction),
        "corrected_by_campaigns": correction.campaigns,
        "replicates": REPLICATES,
        "seed": seed,
    }
