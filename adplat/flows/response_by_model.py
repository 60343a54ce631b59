"""What a bundle says of creatives, and how far the log bears it out.

It is asked in two ways, and each is checked by what was clicked:

* **remembering**: as it is, of creatives that it was trained on. Only showings that the network was not fitted on
  count: those later than the bundle, else those it held out (then it remembers of each creative only what came before).
  Where there are too few of either, all showings serve, and that is noted: the model then looks surer than it is.
* **forgetting**: as if it met every creative for the first time (``ResponseScorer.score_as_new``); all showings count,
  and a creative's own past is laid over it afterwards. This is how creatives that it never met are told. A bundle that
  remembers single people cannot forget creatives: of it only those are asked that are truly new to it, and where none
  has run, they are told with the spread that is usual.

A creative that it was trained on is told in the way that leaves less open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import polars as pl

from adplat.ctr import Scores
from adplat.data import Lake
from adplat.domain import Progress
from adplat.flows.response_evidence import ResponsePast, sample_showings
from adplat.flows.response_scores import ResponseScorer
from adplat.flows.response_word import NO_CONVERSIONS, CreativeWord, NameNumbers, PlannedCreative
from adplat.forecast import Evidence, Trust, UncertainRate, learn_trust, rate_of
from adplat.statistics import Float64

FEWEST_CLICKS = 100
_SAMPLED = 60_000
_SAMPLED_OWN = 20_000
_MOST_CLICKS = 20_000
_FEWEST_SAMPLED = 5


@dataclass(frozen=True)
class _Way:
    """Trust in one way of asking; ``own``: of each creative its events and what was expected of its own showings."""

    trust: Trust
    own: Mapping[str, tuple[float, float]]

    def rate(self, creative_id: str, advertiser: int | None, told: float, plain: float) -> UncertainRate:
        events, expected = self.own.get(creative_id, (0.0, 0.0))
        return rate_of(self.trust, told, told / plain, advertiser=advertiser, events=events, expected=expected)


@dataclass(frozen=True)
class _Checked:
    """Both ways, of clicks or of conversions."""

    remembering: _Way
    forgetting: _Way


@dataclass(frozen=True)
class ModelWord:
    """Click and conversion rates from a bundle's scores."""

    numbers: NameNumbers
    notes: tuple[str, ...]
    _scorer: ResponseScorer
    _clicks: _Checked
    _conversions: _Checked | None
    _conversion_rate: float

    @classmethod
    def learn(
        cls,
        lake: Lake,
        past: ResponsePast,
        scorer: ResponseScorer,
        moments: tuple[int, int],
        as_of: datetime,
        own: Sequence[str],
        progress: Progress,
    ) -> ModelWord:
        """Score a sample of showings. ``moments`` and the parts of ``past`` are as in ``read_response_past``."""
        part, notes = _part_to_check(past, moments, scorer)
        if part == 1:
            before = past.shown.filter(pl.col("part") == 0).group_by("creative_id")
            sums = before.agg(pl.col("impressions").sum(), pl.col("clicks").sum())
            scorer = scorer.as_fitted(
                dict(zip(sums["creative_id"], sums["impressions"], strict=True)),
                dict(zip(sums["creative_id"], sums["clicks"], strict=True)),
            )
        numbers = NameNumbers.of(past.shown)
        shown = past.shown.with_columns(
            pl.col("advertiser_id").fill_null(""),
            (pl.col("impressions") * pl.Series(past.base_rates(past.shown))).alias("base"),
            pl.col("clicks").alias("events"),
        )
        mine = shown.filter(pl.col("creative_id").is_in(list(own)))["impressions"].sum()
        shares = (_SAMPLED / max(float(shown["impressions"].sum()), 1.0), _SAMPLED_OWN / max(float(mine), 1.0))
        progress(0, 2, "scoring past showings")
        rows = sample_showings(lake, as_of, (min(shares[0], 1.0), min(max(shares), 1.0)), own, moments)
        rows = rows.with_columns(pl.Series("base", past.base_rates(rows)))
        rows = rows.with_columns(told=scorer.score(rows).p_ctr, told_new=scorer.score_as_new(rows).p_ctr)
        progress(1, 2, "scoring past showings")
        clicks = _checked(shown, rows, part, scorer, numbers)
        conversions, rate = _conversions(past, scorer, numbers, part)
        progress(2, 2, "scoring past showings")
        return cls(numbers, notes, scorer, clicks, conversions, rate)

    def asking(self, scorer: ResponseScorer) -> ModelWord:
        """The same trust in the same bundle, asked with creatives that ``scorer`` has read."""
        return replace(self, _scorer=scorer)

    @property
    def conversions_unknown(self) -> str:
        """Why there are no conversion rates; empty where there are."""
        if self._conversions is not None:
            return ""
        return NO_CONVERSIONS if self._scorer.kept.scorer.has_cvr else "the bundle says nothing of conversions"

    @property
    def told(self) -> dict[str, float]:
        """What was learned of the model, by name."""
        found = {}
        for event, checked in (("click", self._clicks), ("conversion", self._conversions)):
            if checked is None:
                continue
            for name, way in (("known", checked.remembering), ("new", checked.forgetting)):
                found[f"{event}_{name}_exponent"] = way.trust.exponent
                found[f"{event}_{name}_level"] = way.trust.level
                found[f"{event}_{name}_advertiser_log_sd"] = way.trust.advertiser_log_sd
                found[f"{event}_{name}_creative_log_sd"] = way.trust.creative_log_sd
                found[f"{event}_{name}_creatives"] = float(len(way.trust.evidence))
        return found

    def of(self, planned: PlannedCreative, openings: pl.DataFrame, base: Float64) -> CreativeWord:
        """See ``CreativeWord``."""
        rows = openings.with_columns(pl.lit(planned.creative_id).alias("creative_id"))
        scores = self._scorer.score(rows)
        forgetful = self._scorer.score_as_new(rows) if self._may_forget(planned.creative_id) else None
        p_ctr, p_cvr = _means(scores)
        new_ctr, new_cvr = (None, None) if forgetful is None else _means(forgetful)
        rate = self._rate(self._clicks, planned, p_ctr, new_ctr, float(base.mean()))
        after = None
        if p_cvr is not None and self._conversions is not None:
            after = self._rate(self._conversions, planned, p_cvr, new_cvr, self._conversion_rate)
        return CreativeWord(rate, after, scores.p_ctr, p_ctr, p_cvr)

    def _may_forget(self, creative_id: str) -> bool:
        return self._scorer.knows(creative_id) and not self._scorer.remembers_pairs

    def _rate(
        self, checked: _Checked, planned: PlannedCreative, told: float, told_new: float | None, plain: float
    ) -> UncertainRate:
        name, advertiser = planned.creative_id, self.numbers.advertiser(planned.advertiser_id)
        if not self._scorer.knows(name):
            return checked.forgetting.rate(name, advertiser, told, plain)
        found = checked.remembering.rate(name, advertiser, told, plain)
        if told_new is None:
            return found
        other = checked.forgetting.rate(name, advertiser, told_new, plain)
        return min(found, other, key=lambda rate: rate.log_sd)


def _means(scores: Scores) -> tuple[float, float | None]:
    """Mean pCTR, and mean pCVR of the clicks."""
    after = None if scores.p_cvr is None else float(scores.p_ctr @ scores.p_cvr / scores.p_ctr.sum())
    return float(scores.p_ctr.mean()), after


def _part_to_check(past: ResponsePast, moments: tuple[int, int], scorer: ResponseScorer) -> tuple[int, tuple[str, ...]]:
    """The first part of the showings that serves: 2 later than the bundle, 1 held out and later, 0 all."""
    clicks = [float(past.shown.filter(pl.col("part") >= part)["clicks"].sum()) for part in (1, 2)]
    if clicks[1] >= FEWEST_CLICKS:
        return 2, ()
    if clicks[0] >= FEWEST_CLICKS and moments[0] < moments[1] and not scorer.remembers_pairs:
        return 1, ()
    return 0, (
        f"the bundle could not be checked on showings it was not fitted on (fewer than {FEWEST_CLICKS} clicks): "
        "it looks surer than it is",
    )


def _checked(
    shown: pl.DataFrame, sampled: pl.DataFrame, part: int, scorer: ResponseScorer, numbers: NameNumbers
) -> _Checked:
    """Both ways of asking.

    ``shown`` has ``events`` and ``base``, what the plain table expects, by creative, advertiser and part; ``sampled``
    rows with ``base``, ``told`` and ``told_new`` say how much more than ``base`` the model expects of a creative.
    """
    names = shown["creative_id"].unique().to_list()
    known = pl.col("creative_id").is_in([name for name in names if scorer.knows(name)])
    later = pl.col("part") >= part
    # Who is truly new is told by its own pictures and words, even by a model that learned others by heart.
    sampled = sampled.with_columns(pl.when(known).then("told_new").otherwise("told").alias("told_new"))
    forgotten = pl.lit(True) if not scorer.remembers_pairs else ~known
    return _Checked(
        _way(shown.filter(known & later), sampled.filter(known & later), "told", numbers),
        _way(shown.filter(forgotten), sampled.filter(forgotten), "told_new", numbers),
    )


def _way(shown: pl.DataFrame, sampled: pl.DataFrame, told: str, numbers: NameNumbers) -> _Way:
    lifts = (
        sampled.group_by("creative_id", maintain_order=True)
        .agg(pl.len().alias("rows"), (pl.col(told).sum() / pl.col("base").sum()).alias("lift"))
        .filter(pl.col("rows") >= _FEWEST_SAMPLED)
    )
    rows = (
        shown.group_by("creative_id", "advertiser_id", maintain_order=True)
        .agg(pl.col("events").sum(), pl.col("base").sum())
        .filter(pl.col("base") > 0.0)
        .join(lifts, on="creative_id")
        .sort("creative_id", "advertiser_id")
        .with_columns((pl.col("base") * pl.col("lift")).alias("expected"))
    )
    advertiser = np.array([numbers.advertiser_numbers[one] for one in rows["advertiser_id"]], dtype=np.int64)
    evidence = Evidence(rows["events"].to_numpy(), rows["expected"].to_numpy(), rows["lift"].to_numpy(), advertiser)
    own = rows.group_by("creative_id", maintain_order=True).agg(pl.col("events").sum(), pl.col("expected").sum())
    return _Way(learn_trust(evidence), {name: (events, expected) for name, events, expected in own.iter_rows()})


def _conversions(
    past: ResponsePast, scorer: ResponseScorer, numbers: NameNumbers, part: int
) -> tuple[_Checked | None, float]:
    """The same of conversions after clicks, those counted that could have come by now; and their plain rate."""
    matured, come = float(past.clicked["matured"].sum()), float(past.clicked["conversions"].sum())
    if not scorer.kept.scorer.has_cvr or not come:
        return None, 0.0
    rate, rows = come / matured, past.clicked
    rows = rows[np.linspace(0, rows.height - 1, min(rows.height, _MOST_CLICKS)).astype(np.int64)]
    told, told_new = scorer.score(rows).p_cvr, scorer.score_as_new(rows).p_cvr
    if told is None or told_new is None:
        return None, 0.0
    weight = pl.col("matured")
    rows = rows.with_columns(
        pl.col("advertiser_id").fill_null(""),
        (weight * rate).alias("base"),
        (weight * pl.Series(told)).alias("told"),
        (weight * pl.Series(told_new)).alias("told_new"),
        pl.col("conversions").alias("events"),
    )
    return _checked(rows, rows, part, scorer, numbers), rate
