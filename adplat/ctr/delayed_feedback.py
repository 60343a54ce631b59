"""What a row tells of a conversion that may still be on its way: one interface, five methods.

Every method turns the labels seen by ``as_of`` into three numbers a row, and the loss reads nothing else:

    loss_i = - weight_i [ label_i log(e_i q_i) + (1 - label_i) log(1 - e_i q_i) ],    q = pCTR pCVR, e = exposure

With ``y`` what was seen, ``F`` the share of conversions that would have been seen by now (``DelayModel``):

* ``vanilla``        (y, 1, 1): as seen; young rows count as if nothing could come any more;
* ``fixed_window``   (y, 1 or 0, 1): as seen, but only rows of at least ``wait_hours``;
* ``importance``     (y / F, F, 1): unbiased for the mature label, E[y | x] = q F; a row weighs as much as it can
  have shown, so no weight explodes (elapsed-time weighting in the spirit of ES-DFM, Yang et al., AAAI 2021);
* ``survival``       (y, 1, F): the likelihood of what was seen, P(y = 1) = q F (Chapelle, KDD 2014, with a delay
  model that is fitted first and by itself);
* ``oracle``         (mature y, 1, 1): what will be known once all has arrived; for benchmarks only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.ctr.delay_config import DelayConfig

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Feedback:
    """All that is known of ``N`` rows as of a moment: seen labels (0 or 1), ages in seconds, seen shares ``F``.

    ``mature`` is there for the oracle alone.
    """

    seen: Float32
    ages_s: Float64
    seen_share: Float64
    mature: Float32 | None = None


@dataclass(frozen=True)
class ConversionTargets:
    """What the conversion loss reads: label, weight and exposure, each (N,)."""

    label: Float32
    weight: Float32
    exposure: Float32

    def __len__(self) -> int:
        return len(self.label)

    def take(self, index: npt.NDArray[np.int64] | slice) -> ConversionTargets:
        """Some of the rows."""
        return ConversionTargets(self.label[index], self.weight[index], self.exposure[index])

    def pairs(self) -> tuple[Float64, Float64]:
        """(label, weight) a row for calibration and measures: ``(label / exposure, weight · exposure)``.

        With ``importance`` and ``survival`` they are ``(y / F, F)``: unbiased for the mature label whatever is still
        missing. Σ w·label / Σ w estimates the mean mature label, Σ w·loss(label) the mature loss; labels above 1
        are meant.
        """
        exposure = self.exposure.astype(np.float64)
        return self.label / exposure, self.weight * exposure

    def stacked(self) -> Float32:
        """(N, 3): the columns of one batch for ``entire_space_loss``."""
        return np.column_stack([self.label, self.weight, self.exposure])


def targets_of(config: DelayConfig, feedback: Feedback) -> ConversionTargets:
    """The chosen method's targets of all rows."""
    return _METHODS[config.method](config, feedback)


def _vanilla(_: DelayConfig, feedback: Feedback) -> ConversionTargets:
    ones = np.ones(len(feedback.seen), np.float32)
    return ConversionTargets(feedback.seen, ones, ones)


def _fixed_window(config: DelayConfig, feedback: Feedback) -> ConversionTargets:
    old = (feedback.ages_s >= config.wait_hours * 3600.0).astype(np.float32)
    return ConversionTargets(feedback.seen, old, np.ones_like(old))


def _importance(_: DelayConfig, feedback: Feedback) -> ConversionTargets:
    share = feedback.seen_share.astype(np.float32)
    return ConversionTargets(feedback.seen / share, share, np.ones_like(share))


def _survival(_: DelayConfig, feedback: Feedback) -> ConversionTargets:
    share = feedback.seen_share.astype(np.float32)
    return ConversionTargets(feedback.seen, np.ones_like(share), share)


def _oracle(_: DelayConfig, feedback: Feedback) -> ConversionTargets:
    mature = feedback.seen if feedback.mature is None else feedback.mature
    ones = np.ones(len(mature), np.float32)
    return ConversionTargets(mature, ones, ones)


_METHODS: dict[str, Callable[[DelayConfig, Feedback], ConversionTargets]] = {
    "vanilla": _vanilla,
    "fixed_window": _fixed_window,
    "importance": _importance,
    "survival": _survival,
    "oracle": _oracle,
}
METHODS = tuple(_METHODS)
