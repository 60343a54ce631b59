"""Thompson sampling around the model: how wrong is it about this creative? The default policy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from adplat.bandit.belief import Belief, check_half_life
from adplat.bandit.drawing import check_floor, check_positive, with_floor
from adplat.bandit.gamma_posterior import (
    gamma_columns,
    probabilities_of_highest,
    probability_of_best,
    probability_of_highest,
)
from adplat.bandit.learn_prior import learn_prior
from adplat.bandit.learned_prior import LearnedPrior, pinned_prior
from adplat.bandit.many import Questions, Weights
from adplat.bandit.objective import Objective, Posterior, objective_named, worth_of_showings
from adplat.bandit.policy import Context, Indices, Reads
from adplat.bandit.weighing import Offer, Weighed, Weighing
from adplat.domain import ConfigRejected
from adplat.statistics import Float64

NARROWED = 0.5
"""The width where nobody tells one: between 0.4 and 0.7 it hardly matters, see docs/bandits.md."""


@dataclass(frozen=True)
class ThompsonWithPrior(Weighing):
    """The model's pCTR is the prior, past creatives say how good a prior it is, the creative's own clicks correct it.

    ::

        rate of creative c, here and now   = level · centre · (g / centre)^a · (p_ctr / g)^b · λ_c
        λ_c before any impression          ~ Gamma(k, k)                   mean 1, deviation 1/√k
        λ_c after clicks and impressions   ~ Gamma(k + clicks, k + expected clicks)

    ``a``, ``b``, ``k`` and ``level`` are learned (``learn_prior``); while nothing is known they are 1, 1, 4.3 and 1,
    and the rate is ``p_ctr · λ_c``. Expected clicks sum what the prior says of every impression, so user, placement and
    hour are accounted for and what is left is the creative's own factor. A new creative competes from its first
    opportunity with what the model reads from its picture and words; the fewer clicks the model
    expects, the longer its prior holds. Clicks that come late raise the factor when they come; until
    then it is too low by the share of clicks under way, for all running creatives alike.

    The arms' factors are independent. Propensities are P(arm is the best by the objective) under this posterior with
    its deviations ``width`` times as large, raised to the exploration floor. Thompson sampling as it stands explores as
    if every creative had for ever to repay it; creatives retire, and what was spent on them by then is lost. A narrower
    posterior explores as long while nothing is known, and less where little is at stake (posterior reshaping: Chapelle
    & Li, NIPS 2011). If bad luck ever drops the best creative, the floor finds it again. Where the past fades
    (``half_life_h``) what is best changes and must be looked for: there it is drawn from as it stands.

    Args:
        prior_strength: pins ``k`` and takes the model as it is; ``None``: all of it is learned.
        exploration_floor: least propensity of an arm, see ``with_floor``.
        half_life_h: sums fade by half in so many hours, one of HALF_LIVES_H; ``None``: they do not.
        objective: what is to be as large as possible: ``ctr``, ``cvr`` (conversions a showing), ``value`` (of
            conversions a showing), ``mix``; or as small: ``cpa`` (spend a conversion).
        least_ctr_share: arms whose median click rate is below this share of the best one's get the exploration floor
            alone, however good they are by the objective; 0: no such bound.
        click_worth_micros: of the mix.
        conversion_worth_micros: of the mix.
        value_share: of the mix, how much of the conversions' own value counts.
        width: deviations of what is drawn from over those of what is believed, 1 is Thompson sampling as it stands;
            ``None``: 0.5, with a half-life 1.

    Raises:
        ConfigRejected: a strength or width of 0 or less, a floor or share outside [0, 1], an unknown half-life or
            objective, a mix of nothing.
    """

    prior_strength: float | None = None
    exploration_floor: float | None = None
    half_life_h: float | None = None
    objective: str = "ctr"
    least_ctr_share: float = 0.0
    click_worth_micros: float = 0.0
    conversion_worth_micros: float = 0.0
    value_share: float = 1.0
    width: float | None = None

    name: ClassVar[str] = "thompson-with-prior"
    reads: ClassVar[Reads] = Reads.CLICKS | Reads.PREDICTIONS

    def __post_init__(self) -> None:
        if self.prior_strength is not None:
            pinned_prior(self.prior_strength)
        check_floor(self.exploration_floor)
        check_half_life(self.half_life_h)
        if self.width is not None:
            check_positive(self.width, "width")
        if not 0.0 <= self.least_ctr_share <= 1.0:
            raise ConfigRejected(
                f"share {self.least_ctr_share} of the best click rate lies outside 0 and 1",
                where="least_ctr_share",
                hint="use a share such as 0.9, or 0 for no bound",
            )
        self._objective  # noqa: B018 - an objective that is none is refused here

    @cached_property
    def prior(self) -> LearnedPrior:
        """What is believed before a creative's own clicks: pinned, as the statistics bring it along, or learned."""
        learned = learn_prior(self.known) if self.known.learned is None else self.known.learned
        # How late conversions come is no matter of trust in the model.
        return learned if self.prior_strength is None else pinned_prior(self.prior_strength, learned.delays)

    @cached_property
    def belief(self) -> Belief:
        """The posterior of every creative."""
        return Belief(self.known, self.prior, self.half_life_h)

    @property
    def _width(self) -> float:
        if self.width is not None:
            return self.width
        return NARROWED if self.half_life_h is None else 1.0

    @cached_property
    def _click_columns(self) -> Float64:
        """``(3, n + 1)``, as narrow as they are drawn from; once an update, so that no decision has to."""
        narrow = self._width**2
        return gamma_columns(self.belief.click_shapes / narrow, self.belief.click_rates / narrow)

    @cached_property
    def _objective(self) -> Objective:
        return objective_named(
            self.objective,
            click_worth_micros=self.click_worth_micros,
            conversion_worth_micros=self.conversion_worth_micros,
            value_share=self.value_share,
        )

    def _weigh(self, offer: Offer) -> Weighed:
        """The places behind the drawn ones follow the mean of the objective."""
        context, arms, allowed = offer
        weights, means = self.best_by(context, allowed, self.known.rows_of(arms)[allowed])
        return Weighed(with_floor(weights, self.exploration_floor), means)

    def weigh_many(self, questions: Questions) -> Weights | None:
        """See ``WeighsMany``. Many at once where clicks are the objective; any other is weighed one by one."""
        if not self._objective.is_clicks:
            return None
        columns = self._click_columns[:, questions.rows]
        scales = self.belief.click_scales(questions.rows, questions.p_ctr)
        return probabilities_of_highest(scales, columns, questions.present), scales * columns[2]

    def best_by(self, context: Context, allowed: Indices, rows: Indices) -> tuple[Float64, Float64]:
        """P(best) as narrow as it is drawn from, mean of the objective, ``(m,)`` each; ``rows`` of ``Knowledge``."""
        belief, narrow = self.belief, self._width**2
        if self._objective.is_clicks:
            columns = self._click_columns[:, rows]
            scales = belief.click_scales(rows, context.p_ctr[allowed])
            return probability_of_highest(scales, columns), scales * columns[2]
        clicks = belief.clicks(rows, context.p_ctr[allowed])
        worth = worth_of_showings(
            self._objective,
            clicks,
            belief.conversions(rows, None if context.p_cvr is None else context.p_cvr[allowed]),
            belief.values(rows, None if context.values_micros is None else context.values_micros[allowed]),
            belief.costs_micros(rows),
        )
        narrowed = worth.shapes / narrow
        if self.least_ctr_share == 0.0:
            return probability_of_best(Posterior(worth.means, narrowed)), worth.means
        # The median of a Gamma variable is the cube of the mean of its cube root.
        medians = clicks.means * (1.0 - 1.0 / (9.0 * clicks.shapes[0])) ** 3
        fits = medians >= self.least_ctr_share * medians.max()
        weights = np.zeros(len(rows))
        weights[fits] = probability_of_best(Posterior(worth.means[fits], narrowed[:, fits]))
        return weights, np.where(fits, worth.means, 0.0)
