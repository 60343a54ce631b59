"""What the log alone says of creatives: their own past, their advertiser's, their category's."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import polars as pl

from adplat.flows.response_evidence import ResponsePast
from adplat.flows.response_word import NO_CONVERSIONS, CreativeWord, NameNumbers, PlannedCreative
from adplat.forecast import Evidence, Trust, UncertainRate, learn_trust, rate_of
from adplat.statistics import Float64

# A category's mean is drawn to everybody's as if it had so many events more at that rate.
_EVENTS_OF_PRIOR = 20.0


class HistoryWord:
    """Click and conversion rates from sums of the log.

    A category says of an advertiser's creatives what the *other* advertisers of the category brought: otherwise the
    creative's own past would count twice, once under the category's name.
    """

    notes: tuple[str, ...] = ()

    def __init__(self, past: ResponsePast, catalogue: pl.DataFrame) -> None:
        self._past = past
        self.numbers = NameNumbers.of(past.shown)
        category_of = catalogue.select("creative_id", pl.col("category").fill_null(""))
        shown = past.shown.with_columns(pl.col("advertiser_id").fill_null(""))
        base = past.base_rates(shown)
        clicks = shown.with_columns((pl.col("impressions") * pl.Series(base)).alias("expected"))
        by = ["creative_id", "advertiser_id"]
        self._clicks = _Sums(
            clicks.group_by(by, maintain_order=True).agg(
                pl.col("clicks").sum().alias("events"), pl.col("expected").sum()
            ),
            category_of,
        )
        after = past.clicked.with_columns(pl.col("advertiser_id").fill_null(""))
        matured, come = float(after["matured"].sum()), float(after["conversions"].sum())
        self._conversion_rate = come / matured if matured else 0.0
        self._conversions = _Sums(
            after.group_by(by, maintain_order=True).agg(
                pl.col("conversions").sum().alias("events"),
                (pl.col("matured").sum() * self._conversion_rate).alias("expected"),
            ),
            category_of,
        )

    @property
    def conversions_unknown(self) -> str:
        """Why there are no conversion rates; empty where there are."""
        return "" if self._conversion_rate > 0.0 else NO_CONVERSIONS

    @property
    def told(self) -> dict[str, float]:
        """What was learned, by name."""
        return {f"click_{name}": value for name, value in _told(self._click_trust).items()} | (
            {f"conversion_{name}": value for name, value in _told(self._conversion_trust).items()}
            if self._conversion_rate > 0.0
            else {}
        )

    def has_comparable(self, planned: PlannedCreative) -> bool:
        """Whether the creative, its advertiser or its category has run."""
        return self._clicks.knows(planned)

    def of(self, planned: PlannedCreative, _openings: pl.DataFrame, base: Float64) -> CreativeWord:
        """See ``CreativeWord``; ``base`` tells all that the log knows of the openings."""
        rate = self._rate(planned, float(base.mean()), self._clicks, self._click_trust)
        if not self._conversion_rate > 0.0:
            return CreativeWord(rate, None, base)
        after = self._rate(planned, self._conversion_rate, self._conversions, self._conversion_trust)
        return CreativeWord(rate, after, base)

    def _rate(self, planned: PlannedCreative, plain: float, sums: _Sums, trust: Trust) -> UncertainRate:
        lift = sums.lift(planned.advertiser_id, planned.category)
        events, expected = sums.own(planned.creative_id)
        advertiser = self.numbers.advertiser(planned.advertiser_id)
        return rate_of(trust, plain * lift, lift, advertiser=advertiser, events=events, expected=expected * lift)

    @cached_property
    def _click_trust(self) -> Trust:
        return learn_trust(self._clicks.evidence(self.numbers))

    @cached_property
    def _conversion_trust(self) -> Trust:
        return learn_trust(self._conversions.evidence(self.numbers))


class _Sums:
    """Events and expectations by creative, and what categories make of them."""

    def __init__(self, by_creative: pl.DataFrame, category_of: pl.DataFrame) -> None:
        self._rows = (
            by_creative.join(category_of, on="creative_id", how="left")
            .with_columns(pl.col("category").fill_null(""))
            .filter(pl.col("expected") > 0.0)
            .sort("creative_id", "advertiser_id")
        )
        sums = [pl.col("events").sum(), pl.col("expected").sum()]
        self._by_category = {
            row[0]: row[1:] for row in self._rows.group_by("category", maintain_order=True).agg(sums).iter_rows()
        }
        parts = self._rows.group_by("category", "advertiser_id", maintain_order=True).agg(sums)
        self._by_both = {row[:2]: row[2:] for row in parts.iter_rows()}
        own = self._rows.group_by("creative_id", maintain_order=True).agg(sums)
        self._own = {row[0]: row[1:] for row in own.iter_rows()}
        self._advertisers = frozenset(self._rows["advertiser_id"].to_list())

    def knows(self, planned: PlannedCreative) -> bool:
        return (
            planned.creative_id in self._own
            or (planned.advertiser_id != "" and planned.advertiser_id in self._advertisers)
            or (planned.category != "" and planned.category in self._by_category)
        )

    def own(self, creative_id: str) -> tuple[float, float]:
        events, expected = self._own.get(creative_id, (0.0, 0.0))
        return float(events), float(expected)

    def lift(self, advertiser_id: str, category: str) -> float:
        """The category's rate over the plain table's, by its other advertisers."""
        events, expected = self._by_category.get(category, (0.0, 0.0)) if category else (0.0, 0.0)
        mine, my_expected = self._by_both.get((category, advertiser_id), (0.0, 0.0)) if category else (0.0, 0.0)
        return float((events - mine + _EVENTS_OF_PRIOR) / (max(expected - my_expected, 0.0) + _EVENTS_OF_PRIOR))

    def evidence(self, numbers: NameNumbers) -> Evidence:
        rows = self._rows
        lifts = np.array([self.lift(*one) for one in rows.select("advertiser_id", "category").iter_rows()])
        return Evidence(
            events=rows["events"].to_numpy(),
            expected=rows["expected"].to_numpy() * lifts,
            lift=lifts,
            advertiser=np.array([numbers.advertiser_numbers[one] for one in rows["advertiser_id"]], dtype=np.int64),
        )


def _told(trust: Trust) -> dict[str, float]:
    return {
        "exponent": trust.exponent,
        "level": trust.level,
        "advertiser_log_sd": trust.advertiser_log_sd,
        "creative_log_sd": trust.creative_log_sd,
    }
