"""What a bundle says of creatives, and how far the log bears it out.

Showings that the network was not fitted on are what it is checked by: those later than the bundle, else those it held
out (then it remembers of each creative only what came before). Where there are too few of either, all showings serve,
and that is noted: the model then looks surer than it is.

Creatives that it never met are checked by such creatives where they run, and by the known ones as if it met them for
the first time (``ResponseScorer.score_as_new``). A bundle that remembers single people cannot forget creatives: of it
only the former are asked, and where there are none, new creatives are told with the spread that is usual.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from adplat.data import Lake
from adplat.domain import Progress
from adplat.flows.response_evidence import ResponsePast, sample_showings
from adplat.flows.response_scores import ResponseScorer
from adplat.flows.response_word import NO_CONVERSIONS, CreativeWord, NameNumbers, PlannedCreative
from adplat.forecast import Evidence, Trust, UncertainRate, learn_trust, rate_of
from adplat.statistics import Float64

FEWEST_CLICKS = 100
_SAMPLED = 40_000
_SAMPLED_OWN = 20_000
_MOST_CLICKS = 20_000
_FEWEST_SAMPLED = 5


@dataclass(frozen=True)
class _Checked:
    """Trust of the model with creatives it knows and with those it never met, and each creative's own past."""

    known: Trust
    new: Trust
    own: Mapping[str, tuple[float, float]]  # by creative: events and what the model expected of its own showings


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
        shown = past.shown.filter(pl.col("part") >= part).with_columns(pl.col("advertiser_id").fill_null(""))
        mine = shown.filter(pl.col("creative_id").is_in(list(own)))["impressions"].sum()
        shares = (_SAMPLED / max(float(shown["impressions"].sum()), 1.0), _SAMPLED_OWN / max(float(mine), 1.0))
        after_s = None if part == 0 else moments[part - 1]
        rows = sample_showings(lake, as_of, after_s, (min(shares[0], 1.0), min(max(shares), 1.0)), own)
        progress(0, 2, "scoring past showings")
        told, told_new = scorer.score(rows).p_ctr, scorer.score_as_new(rows).p_ctr
        progress(1, 2, "scoring past showings")
        base = pl.Series(past.base_rates(shown))
        by_creative = (
            shown.with_columns((pl.col("impressions") * base).alias("base"))
            .group_by("creative_id", "advertiser_id", maintain_order=True)
            .agg(pl.col("clicks").sum().alias("events"), pl.col("base").sum())
        )
        here = rows.select("creative_id").with_columns(pl.Series("_base", past.base_rates(rows)))
        clicks = _checked(by_creative, here, told, told_new, scorer, numbers)
        conversions, rate = _conversions(past, scorer, numbers, part)
        progress(2, 2, "scoring past showings")
        return cls(numbers, notes, scorer, clicks, conversions, rate)

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
            for kind in ("known", "new"):
                trust = None if checked is None else getattr(checked, kind)
                if trust is not None:
                    found[f"{event}_{kind}_exponent"] = trust.exponent
                    found[f"{event}_{kind}_level"] = trust.level
                    found[f"{event}_{kind}_advertiser_log_sd"] = trust.advertiser_log_sd
                    found[f"{event}_{kind}_creative_log_sd"] = trust.creative_log_sd
                    found[f"{event}_{kind}_creatives"] = float(len(trust.evidence))
        return found

    def of(self, planned: PlannedCreative, openings: pl.DataFrame, base: Float64) -> CreativeWord:
        """See ``CreativeWord``."""
        scores = self._scorer.score_at(openings, planned.creative_id)
        p_ctr = float(scores.p_ctr.mean())
        rate = self._rate(self._clicks, planned, p_ctr, float(base.mean()))
        if scores.p_cvr is None:
            return CreativeWord(rate, None, scores.p_ctr, p_ctr)
        p_cvr = float(scores.p_ctr @ scores.p_cvr / scores.p_ctr.sum())
        if self._conversions is None:
            return CreativeWord(rate, None, scores.p_ctr, p_ctr, p_cvr)
        after = self._rate(self._conversions, planned, p_cvr, self._conversion_rate)
        return CreativeWord(rate, after, scores.p_ctr, p_ctr, p_cvr)

    def _rate(self, checked: _Checked, planned: PlannedCreative, told: float, plain: float) -> UncertainRate:
        events, expected = checked.own.get(planned.creative_id, (0.0, 0.0))
        return rate_of(
            checked.known if self._scorer.knows(planned.creative_id) else checked.new,
            told,
            told / plain,
            advertiser=self.numbers.advertiser(planned.advertiser_id),
            events=events,
            expected=expected,
        )


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
    by_creative: pl.DataFrame,
    sampled: pl.DataFrame,
    told: Float64,
    told_new: Float64,
    scorer: ResponseScorer,
    numbers: NameNumbers,
) -> _Checked:
    """``by_creative``: events and ``base``, what the plain table expects; ``sampled``: ``_base`` of scored rows."""
    means = (
        sampled.with_columns(pl.Series("_told", told), pl.Series("_new", told_new))
        .group_by("creative_id", maintain_order=True)
        .agg(pl.len().alias("rows"), *(pl.col(name).sum() for name in ("_base", "_told", "_new")))
        .filter(pl.col("rows") >= _FEWEST_SAMPLED)
    )
    rows = by_creative.filter(pl.col("base") > 0.0).join(means, on="creative_id").sort("creative_id", "advertiser_id")
    known = np.array([scorer.knows(one) for one in rows["creative_id"]], dtype=bool)
    lift, lift_new = ((rows[name] / rows["_base"]).to_numpy() for name in ("_told", "_new"))
    lift_new = np.where(known, lift_new, lift)
    events, base = rows["events"].to_numpy(), rows["base"].to_numpy()
    advertiser = np.array([numbers.advertiser_numbers[one] for one in rows["advertiser_id"]], dtype=np.int64)
    as_known = Evidence(events, base * lift, lift, advertiser).take(np.flatnonzero(known))
    own = {
        name: (float(events[place]), float(base[place] * lift[place]))
        for place, name in enumerate(rows["creative_id"].to_list())
    }
    as_new = Evidence(events, base * lift_new, lift_new, advertiser)
    if scorer.remembers_pairs:
        as_new = as_new.take(np.flatnonzero(~known))
    return _Checked(learn_trust(as_known), learn_trust(as_new), own)


def _conversions(
    past: ResponsePast, scorer: ResponseScorer, numbers: NameNumbers, part: int
) -> tuple[_Checked | None, float]:
    """The same of conversions after clicks, those counted that could have come by now; and their plain rate."""
    matured, come = float(past.clicked["matured"].sum()), float(past.clicked["conversions"].sum())
    if not scorer.kept.scorer.has_cvr or not come:
        return None, 0.0
    rate = come / matured
    rows = past.clicked.filter(pl.col("part") >= part).with_columns(pl.col("advertiser_id").fill_null(""))
    rows = rows[np.linspace(0, rows.height - 1, min(rows.height, _MOST_CLICKS)).astype(np.int64)]
    told, told_new = scorer.score(rows).p_cvr, scorer.score_as_new(rows).p_cvr
    if told is None or told_new is None:
        return None, 0.0
    by_creative = rows.group_by("creative_id", "advertiser_id", maintain_order=True).agg(
        pl.col("conversions").sum().alias("events"), (pl.col("matured").sum() * rate).alias("base")
    )
    here = rows.select("creative_id", (pl.col("matured") * rate).alias("_base"))
    weights = rows["matured"].to_numpy()
    return _checked(by_creative, here, told * weights, told_new * weights, scorer, numbers), rate
