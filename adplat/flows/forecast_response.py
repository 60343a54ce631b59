"""How the creatives of a plan will be answered, and how sure that is: a bundle's word, as far as the log bears it out.

Without a bundle the log alone speaks: the creative's own past, drawn to its advertiser's, that to its category's.
Either way a rate starts from what the same placement and position brought in the past (``ResponsePast.base_rates``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import polars as pl

from adplat.ctr import KeptBundle, Manifest
from adplat.data import read_table
from adplat.data.lake import require_lake
from adplat.domain import ConfigRejected, Progress, Refusal, Refused, UnknownReference
from adplat.flows.response_by_history import HistoryWord
from adplat.flows.response_by_model import ModelWord
from adplat.flows.response_evidence import ResponsePast, read_response_past, sample_openings
from adplat.flows.response_scores import NEW, ResponseScorer
from adplat.flows.response_word import PlannedCreative
from adplat.forecast import CampaignPlan, CreativeResponse, PlanResponse, ValueTable, learn_values
from adplat.statistics import Float64

MOST_OPENINGS = 2_000
_MOST_SCORES = 60_000
_FEWEST_OPENINGS = 200
# Over the openings to come people and moments are not quite those of the log: in simulated worlds the true rate of a
# creative there differs by 5.5 % (standard deviation of the logarithm) from what its own showings had, level apart.
_ELSEWHERE_LOG_SD = 0.055


def creative_responses(
    folder: Path,
    plan: CampaignPlan,
    openings: pl.DataFrame | None,
    *,
    as_of: datetime,
    bundle_dir: Path | None = None,
    plan_folder: Path | None = None,
    cache_dir: Path,
    progress: Progress,
) -> PlanResponse | Refused:
    """The responses of the plan's creatives over ``openings`` (columns of the lake's ``requests``, eligible ones only).

    Args:
        folder: holds ``lake`` and ``catalogue`` (with a bundle that looks at pictures also these).
        plan: pictures of its new creatives are relative to ``plan_folder``.
        openings: an even part of 2,000 is looked at. ``None``: any opportunities of the lake.
        as_of: nothing at or after it is read.
        bundle_dir: without one the log alone speaks.
        cache_dir: keeps vectors of pictures and words.

    Refused where nothing comparable has ever run. Raises UnknownReference (a creative that is not in the catalogue),
    ConfigRejected (a bundle that has seen what came after ``as_of``), MissingInput, TableRejected, SchemaMismatch.
    """
    lake = require_lake(folder)
    catalogue = catalogue_of_creatives(folder)
    planned = planned_creatives(plan, catalogue)
    if bundle_dir is not None:
        kept = KeptBundle.open(bundle_dir)
        own = [one.creative_id for one in planned]
        model = CheckedModel.learn(
            folder, kept, as_of, cache_dir, progress, plan=plan, plan_folder=plan_folder, own=own
        )
        if model is None:
            return nothing_clicked(as_of)
        openings = sample_openings(lake, as_of, MOST_OPENINGS) if openings is None else openings
        return _responses(planned, model.word, model.past, openings, as_of, kept.manifest.bundle_id)
    progress(0, 1, "reading how creatives were answered")
    past = read_response_past(lake, as_of)
    progress(1, 1, "reading how creatives were answered")
    if past is None:
        return nothing_clicked(as_of)
    openings = sample_openings(lake, as_of, MOST_OPENINGS) if openings is None else openings
    return responses_by_history(past, catalogue, HistoryWord(past, catalogue), plan, openings, as_of)


@dataclass(frozen=True)
class CheckedModel:
    """A bundle that was checked on a log once, and is asked about many plans."""

    folder: Path
    kept: KeptBundle
    catalogue: pl.DataFrame
    past: ResponsePast
    word: ModelWord
    as_of: datetime
    cache_dir: Path

    @classmethod
    def learn(
        cls,
        folder: Path,
        kept: KeptBundle,
        as_of: datetime,
        cache_dir: Path,
        progress: Progress,
        *,
        plan: CampaignPlan | None = None,
        plan_folder: Path | None = None,
        own: Sequence[str] = (),
    ) -> CheckedModel | None:
        """Score a sample of the log before ``as_of``; ``None`` where nothing was ever clicked.

        With a ``plan`` it also reads that plan's new creatives, and looks more closely at showings of ``own``.
        Raises as :func:`creative_responses`.
        """
        moments = _moments(kept, as_of)
        lake = require_lake(folder)
        past = read_response_past(lake, as_of, moments)
        if past is None:
            return None
        shown = past.shown["creative_id"].unique(maintain_order=True).to_list()
        catalogue = catalogue_of_creatives(folder)
        wanted = [*shown, *(catalogue["creative_id"].to_list() if plan is None else plan.creatives)]
        scorer = _scorer(folder, kept, wanted, plan, plan_folder, cache_dir, progress)
        word = ModelWord.learn(lake, past, scorer, moments, as_of, own, progress)
        return cls(folder, kept, catalogue, past, word, as_of, cache_dir)

    def responses(
        self, plan: CampaignPlan, openings: pl.DataFrame, *, plan_folder: Path | None = None, progress: Progress
    ) -> PlanResponse:
        """As :func:`creative_responses`, from what was learned; new creatives of the plan are read now."""
        planned = planned_creatives(plan, self.catalogue)
        word = self.word
        if plan.new_creatives:
            word = word.asking(
                _scorer(self.folder, self.kept, plan.creatives, plan, plan_folder, self.cache_dir, progress)
            )
        return _responses(planned, word, self.past, openings, self.as_of, self.kept.manifest.bundle_id)


def _scorer(
    folder: Path,
    kept: KeptBundle,
    wanted: Sequence[str],
    plan: CampaignPlan | None,
    plan_folder: Path | None,
    cache_dir: Path,
    progress: Progress,
) -> ResponseScorer:
    new = [] if plan is None else [(one, plan.advertiser_id, plan_folder or folder) for one in plan.new_creatives]
    scorer = ResponseScorer.open(kept, folder, list(dict.fromkeys(wanted)), new, cache_dir, progress)
    _refuse_unread(scorer, len(new))
    return scorer


def known_by(manifest: Manifest, moment: datetime) -> datetime:
    """``moment``, or later where the bundle has seen more: nobody forecasts the past with a bundle that is in use."""
    last = manifest.data.get("until_s")
    seen = datetime.fromtimestamp(last + 1, UTC) if isinstance(last, int) else moment
    return max(moment, seen)


def nothing_clicked(as_of: datetime) -> Refused:
    return Refused(
        Refusal.NO_COMPARABLE_CAMPAIGN,
        f"the lake has no click before {as_of:%Y-%m-%d %H:%M}",
        "give a lake in which campaigns have run",
    )


def planned_creatives(plan: CampaignPlan, catalogue: pl.DataFrame) -> list[PlannedCreative]:
    """Those of the catalogue, then the new ones. Raises UnknownReference."""
    rows = {str(row["creative_id"]): row for row in catalogue.iter_rows(named=True)}
    found = []
    for name in plan.creatives:
        if name not in rows:
            near = get_close_matches(name, rows, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "give ids of catalogue/creatives"
            raise UnknownReference(f"creative {name!r} is not in the catalogue", where="plan: creatives", hint=hint)
        row = rows[name]
        found.append(PlannedCreative(name, str(row.get("advertiser_id") or ""), str(row.get("category") or "")))
    for number, new in enumerate(plan.new_creatives, start=1):
        found.append(PlannedCreative(f"{NEW}{number}", plan.advertiser_id, new.category))
    return found


def _response(
    planned: PlannedCreative,
    word: HistoryWord | ModelWord,
    past: ResponsePast,
    openings: pl.DataFrame,
    base: Float64,
    values: ValueTable | None,
) -> CreativeResponse:
    told = word.of(planned, openings, base)
    own = past.shown.filter(pl.col("creative_id") == planned.creative_id)
    numbers = word.numbers
    value = None
    if values is not None:
        value = values.of(numbers.creative(planned.creative_id), numbers.advertiser(planned.advertiser_id))
    return CreativeResponse(
        creative_id=planned.creative_id,
        click_rate=told.click_rate.times(1.0 / past.fatigue.mean_factor).with_doubt(_ELSEWHERE_LOG_SD),
        cell_factors=_by_placement(openings, told.at_openings),
        conversion_rate=told.conversion_rate,
        value=value,
        model_p_ctr=told.p_ctr,
        model_p_cvr=told.p_cvr,
        impressions=int(own["impressions"].sum()),
        clicks=int(own["clicks"].sum()),
        category=planned.category,
    )


def _by_placement(openings: pl.DataFrame, chances: Float64) -> dict[str, float]:
    frame = openings.select(pl.col("placement").cast(pl.String).fill_null("")).with_columns(pl.Series("_p", chances))
    means = frame.group_by("placement", maintain_order=True).agg(pl.col("_p").mean()).sort("placement")
    overall = float(chances.mean())
    return {name: mean / overall for name, mean in means.iter_rows()}


def _values(past: ResponsePast, word: HistoryWord | ModelWord) -> ValueTable | None:
    told = past.conversions.drop_nulls()
    numbers = word.numbers
    return learn_values(
        told["value_micros"].to_numpy().astype(np.float64),
        np.array([numbers.creative_numbers[one] for one in told["creative_id"]], dtype=np.int64),
        np.array([numbers.advertiser_numbers[one] for one in told["advertiser_id"]], dtype=np.int64),
    )


def _part_of(openings: pl.DataFrame, creatives: int) -> pl.DataFrame:
    """An even part in the order given."""
    if openings.is_empty():
        raise ConfigRejected("no opening is eligible", where="plan: targeting", hint="widen the targeting")
    most = max(min(MOST_OPENINGS, _MOST_SCORES // max(creatives, 1)), _FEWEST_OPENINGS)
    if openings.height <= most:
        return openings
    return openings[np.linspace(0, openings.height - 1, most).astype(np.int64)]


def _moments(kept: KeptBundle, as_of: datetime) -> tuple[int, int]:
    """The last seconds that the network was fitted on and that the bundle was made from. Raises ConfigRejected."""
    until, fitted = (kept.manifest.data.get(name) for name in ("until_s", "fitted_until_s"))
    last = until if isinstance(until, int) else 0
    if last >= as_of.timestamp():
        raise ConfigRejected(
            f"the bundle was made from rows at or after {as_of:%Y-%m-%d %H:%M}, which the forecast may not know",
            where=str(kept.folder),
            hint="give a bundle trained on what came before, or a later moment",
        )
    return (fitted if isinstance(fitted, int) else last), last


def _refuse_unread(scorer: ResponseScorer, new: int) -> None:
    names = {f"{NEW}{number}" for number in range(1, new + 1)}
    for problem in scorer.items.encoding_report:
        if problem.item_id in names and not problem.reason.startswith(("no image is named", "empty")):
            raise ConfigRejected(
                f"the picture or words of {problem.item_id} cannot be read: {problem.reason}",
                where=f"plan: new_creatives, {problem.column}",
                hint="give a PNG or JPEG file beside the plan",
            )


def catalogue_of_creatives(folder: Path) -> pl.DataFrame:
    """``creative_id``, ``advertiser_id`` and ``category`` of every creative. Raises MissingInput, TableRejected."""
    names = ["creative_id", "advertiser_id", "category"]
    frame = read_table(folder / "catalogue" / "creatives.parquet")
    return frame.select(
        pl.col(name).cast(pl.String) if name in frame.columns else pl.lit(None, dtype=pl.String).alias(name)
        for name in names
    )


def _not_comparable(strange: PlannedCreative) -> Refused:
    return Refused(
        Refusal.NO_COMPARABLE_CAMPAIGN,
        f"neither creative {strange.creative_id} nor its advertiser nor its category has ever run",
        "give a bundle that reads the creative, or the category of one that has run",
    )


def responses_by_history(
    past: ResponsePast,
    catalogue: pl.DataFrame,
    word: HistoryWord,
    plan: CampaignPlan,
    openings: pl.DataFrame,
    as_of: datetime,
) -> PlanResponse | Refused:
    """As :func:`creative_responses` without a bundle, from a past that was read already.

    ``word`` is that of ``past`` and ``catalogue``: what was learned once serves many plans.
    """
    planned = planned_creatives(plan, catalogue)
    strange = [one for one in planned if not word.has_comparable(one)]
    if strange:
        return _not_comparable(strange[0])
    return _responses(planned, word, past, openings, as_of, "")


def _responses(
    planned: Sequence[PlannedCreative],
    word: HistoryWord | ModelWord,
    past: ResponsePast,
    openings: pl.DataFrame,
    as_of: datetime,
    bundle_id: str,
) -> PlanResponse:
    openings = _part_of(openings, len(planned))
    base, values = past.base_rates(openings), _values(past, word)
    return PlanResponse(
        creatives=tuple(_response(one, word, past, openings, base, values) for one in planned),
        fatigue=past.fatigue,
        as_of=as_of,
        data_from=past.data_from,
        data_to=past.data_to,
        conversion_window_s=past.window_s,
        conversions_unknown=word.conversions_unknown,
        bundle_id=bundle_id,
        openings=openings.height,
        trust=word.told,
        notes=word.notes,
    )
