"""Drafts scored before they cost anything: what a bundle expects of each for the brief's audience, which known
creatives are most like it, and what lowers it.

What lowers a draft is said as far as it can be: an element in which it differs from its base and for which the model
gives less, letters that stand out little, a picture busier than the others. The first is the model's opinion, the
others are measured; nothing was tried.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import polars as pl

from adplat.ctr import KeptBundle
from adplat.data import read_table
from adplat.data.lake import require_lake
from adplat.domain import BidStrategy, BidStrategyKind, Brief, ConfigRejected, Draft, MissingInput, Progress, Refused
from adplat.flows.draft_attempt import GROUND_SHOWS
from adplat.flows.draft_creatives import MadeDraft
from adplat.flows.forecast_response import creative_responses
from adplat.flows.predict_creative import end_of_lake, nearest_known, shown_counts
from adplat.flows.response_evidence import sample_openings
from adplat.flows.response_scores import NEW, ResponseScorer
from adplat.forecast import CampaignPlan, NewCreative, UncertainRate

_OPENINGS = 2_000
_FEWEST_OPENINGS = 30
_NEAREST = 3
_WORTH_SAYING = 0.02  # of the base's rate
_FAINT = 7.0  # WCAG's enhanced contrast; below it a review may pass, and a person may still be told
_BUSIER = 1.5


def score_drafts(
    made: Sequence[MadeDraft], brief: Brief, bundle_dir: Path, data: Path, cache_dir: Path, progress: Progress
) -> tuple[MadeDraft, ...]:
    """The drafts with ``p_click``, ``nearest``, ``lowered_by`` and the bundle's id.

    ``data`` is a world or workspace with ``lake`` and ``catalogue``. Raises MissingInput, ConfigRejected (an audience
    that the data does not know or that never came), SchemaMismatch, TableRejected.
    """
    if not made:
        return ()
    lake = require_lake(data)
    as_of = end_of_lake(lake)
    kept = KeptBundle.open(bundle_dir)
    openings = of_segment(sample_openings(lake, as_of, 20 * _OPENINGS), brief.segment, kept, data).head(_OPENINGS)
    creatives = [_as_new(one.draft, brief, number) for number, one in enumerate(made)]
    with TemporaryDirectory(prefix="adplat-drafts-") as folder:
        for one, creative in zip(made, creatives, strict=True):
            if creative.image_path:
                (Path(folder) / creative.image_path).write_bytes(one.content)
        plan = CampaignPlan(
            name=brief.brief_id,
            start=as_of.date(),
            end=as_of.date(),
            bid=BidStrategy(BidStrategyKind.CPM, target_micros=1),
            total_budget_micros=1,
            advertiser_id=brief.advertiser_id,
            new_creatives=creatives,
        )
        told = creative_responses(
            data,
            plan,
            openings,
            as_of=as_of,
            bundle_dir=bundle_dir,
            plan_folder=Path(folder),
            cache_dir=cache_dir,
            progress=progress,
        )
        if isinstance(told, Refused):
            raise MissingInput(told.what, where=str(data), hint=told.hint)
        known = read_table(data / "catalogue" / "creatives.parquet")["creative_id"].cast(pl.String).to_list()
        new = [(one, brief.advertiser_id, Path(folder)) for one in creatives]
        items = ResponseScorer.open(kept, data, known, new, cache_dir, progress).items
    counts = shown_counts(lake, as_of)
    scored = []
    for number, (one, response) in enumerate(zip(made, told.creatives, strict=True), start=1):
        near = nearest_known(items, counts, f"{NEW}{number}")[:_NEAREST]
        draft = replace(
            one.draft,
            bundle_id=told.bundle_id,
            p_click=_interval(response.click_rate),
            nearest=tuple(row["creative_id"] for row in near),
        )
        scored.append(replace(one, draft=draft))
    return with_what_lowers(scored)


def of_segment(openings: pl.DataFrame, segment: Mapping[str, str], kept: KeptBundle, data: Path) -> pl.DataFrame:
    """Opportunities of this audience alone. Raises ConfigRejected for a word or value that the data does not have."""
    people = kept.schema.table("user")
    users = read_table(data / people.file) if people is not None and (data / people.file).is_file() else None
    for name, value in segment.items():
        where = f"segment.{name}"
        if name in openings.columns:
            openings = openings.filter(pl.col(name).cast(pl.String) == value)
        elif users is not None and people is not None and name in users.columns:
            column = users[name].cast(pl.String)
            mine = users.filter((column == value) | column.str.split("|").list.contains(value))[people.key]
            openings = openings.filter(pl.col(people.key).cast(pl.String).is_in(mine.cast(pl.String).to_list()))
        else:
            known = sorted({*(users.columns if users is not None else ()), "device", "region", "language"})
            raise ConfigRejected(
                f"the data does not tell {name!r} of people", where=where, hint=f"use one of: {', '.join(known[:12])}"
            )
        if openings.height < _FEWEST_OPENINGS:
            raise ConfigRejected(
                f"{openings.height} of the log's sampled opportunities are of {name} {value!r}",
                where=where,
                hint="mend the value, or leave it out: so few say nothing",
            )
    return openings


def with_what_lowers(made: Sequence[MadeDraft]) -> tuple[MadeDraft, ...]:
    """The drafts with ``lowered_by``."""
    by_id = {one.draft.draft_id: one for one in made}
    usual = median([one.sidecar["clutter"] for one in made if "clutter" in one.sidecar] or [0.0])
    found = []
    for one in made:
        lines = [*_below_base(one.draft, by_id), *_faint(one.sidecar), *_busy(one.sidecar, usual)]
        lines += [GROUND_SHOWS] if one.sidecar.get("ground_may_show") else []
        found.append(replace(one, draft=replace(one.draft, lowered_by=tuple(lines))))
    return tuple(found)


def _below_base(draft: Draft, by_id: Mapping[str, MadeDraft]) -> list[str]:
    base = next((by_id[name].draft for name in draft.parents if name in by_id), None)
    if base is None or base.p_click is None or draft.p_click is None or base.artwork is None or draft.artwork is None:
        return []
    change = draft.p_click[1] / base.p_click[1] - 1.0
    if change > -_WORTH_SAYING:
        return []
    differs = [kind for kind, value in draft.artwork.made_of.items() if base.artwork.made_of.get(kind) != value]
    return [f"its {' and '.join(differs)}: the model gives it {-change:.0%} fewer clicks than the base {base.draft_id}"]


def _faint(sidecar: Mapping[str, object]) -> list[str]:
    told = sidecar.get("faintest_letters")
    if not isinstance(told, Mapping) or float(told["ratio"]) >= _FAINT:
        return []
    return [f"the letters of its {told['kind']} stand out by {float(told['ratio']):.1f} to 1 only"]


def _busy(sidecar: Mapping[str, object], usual: float) -> list[str]:
    told = sidecar.get("clutter")
    if not isinstance(told, float) or usual <= 0.0 or told < _BUSIER * usual:
        return []
    return [f"it is busy: edges on {told:.0%} of it, {usual:.0%} is usual among these drafts"]


def _as_new(draft: Draft, brief: Brief, number: int) -> NewCreative:
    copy = draft.copy
    name = f"{number}.{draft.media_type.rpartition('/')[2]}" if draft.file_sha256 else ""
    return NewCreative(
        headline=copy.part("headline"),
        body=copy.part("body"),
        cta=copy.part("cta"),
        image_path=name,
        language=copy.language,
        category=brief.product.category,
    )


def _interval(rate: UncertainRate) -> tuple[float, float, float]:
    return rate.quantile(0.1), rate.quantile(0.5), rate.quantile(0.9)
