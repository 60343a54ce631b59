"""What an item's picture and words say about its rate, learned across items: one number where a network would memorise.

A few hundred items with a hundred content dimensions each are enough to learn every item by heart. So the content's
main effect is fitted apart, by ridge regression of the items' log-odds on their content vectors (``evidence_ridge``, a
group a modality): useless content gets no weight. The working response is one Newton step of the binomial
likelihood from the overall rate, so items with few impressions count for little::

    z_i = (c_i - n_i p) / w_i,  w_i = n_i p (1 - p)        z = X b + item effect + noise of variance 1 / w_i

No training row may meet its own outcome here: a training item's lift comes from a fit on the other items (ten folds).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

from adplat.ctr.evidence_ridge import choose_penalties, fit_ridge
from adplat.features import ItemBlock

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

CONTENT_PRIOR = "content_prior.safetensors"
_FOLDS = 10
_LEAST_ITEMS = 30


@dataclass(frozen=True)
class ContentPrior:
    """Weights over (image, text) vectors for items never shown, and the cross-fitted lift of those shown.

    ``hashes`` ascend; ``lifts`` run parallel. ``weights`` is (Di + Dt,), ``centre`` the mean lift of shown items.
    """

    weights: Float64
    centre: float
    hashes: Int64
    lifts: Float64

    def centres(self, items: ItemBlock) -> Float64:
        """(M + 1,) log-odds above the overall rate that content gives each item; 0 for row 0, the unknown item."""
        content = _content(items)
        if content.shape[1] != len(self.weights):  # NO_PRIOR, or a table without pictures and words
            return np.zeros(len(items.hashes))
        lift = content @ self.weights + self.centre
        if len(self.hashes):
            place = np.minimum(np.searchsorted(self.hashes, items.hashes), len(self.hashes) - 1)
            lift = np.where(self.hashes[place] == items.hashes, self.lifts[place], lift)
        lift[0] = 0.0
        return lift

    def save(self, path: Path) -> None:
        """Write one safetensors file."""
        save_file(
            {
                "weights": self.weights,
                "centre": np.array([self.centre]),
                "hashes": self.hashes,
                "lifts": self.lifts,
            },
            path,
        )

    @classmethod
    def load(cls, path: Path) -> ContentPrior:
        """Read what ``save`` wrote."""
        parts = load_file(path)
        return cls(parts["weights"], float(parts["centre"][0]), parts["hashes"], parts["lifts"])


NO_PRIOR = ContentPrior(np.zeros(0), 0.0, np.zeros(0, np.int64), np.zeros(0))


def fit_content_prior(
    items: ItemBlock, shown: npt.NDArray[np.int32], positive: Float32, rng: np.random.Generator
) -> ContentPrior:
    """Learn from training rows, given by block row ``shown`` (N,) and outcome (N,).

    ``NO_PRIOR`` where the items have neither image nor text, or too few of them were shown to learn across items.
    """
    rows = len(items.hashes)
    impressions = np.bincount(shown, minlength=rows).astype(np.float64)
    clicks = np.bincount(shown, weights=positive, minlength=rows).astype(np.float64)
    return prior_of_counts(items, impressions, clicks, rng)


def prior_of_counts(items: ItemBlock, impressions: Float64, clicks: Float64, rng: np.random.Generator) -> ContentPrior:
    """``fit_content_prior`` from the impressions and clicks of each block row, (M + 1,)."""
    impressions = np.r_[0.0, impressions[1:]]
    known = np.flatnonzero(impressions)
    content = _content(items)
    if not content.shape[1] or len(known) < _LEAST_ITEMS:
        return NO_PRIOR
    rate = float(np.clip(clicks[known].sum() / impressions[known].sum(), 1e-6, 1 - 1e-6))
    weight = impressions[known] * rate * (1.0 - rate)
    response = (clicks[known] - impressions[known] * rate) / weight
    widths = (items.image.shape[1], items.text.shape[1])
    # Whitened coordinates of unit variance: so scaled, a modality's penalty is the variance it explains in all.
    scale = np.repeat([1.0 / np.sqrt(max(width, 1)) for width in widths], widths)
    noise, vectors = 1.0 / weight, content[known] * scale
    penalties = choose_penalties(vectors, widths, response, noise)
    fold = rng.permutation(len(known)) % _FOLDS
    lifts = np.empty(len(known))
    for number in range(_FOLDS):
        rest, out = fold != number, fold == number
        lifts[out] = fit_ridge(vectors[rest], response[rest], noise[rest], penalties)(vectors[out])
    ridge = fit_ridge(vectors, response, noise, penalties)
    order = np.argsort(items.hashes[known])
    return ContentPrior(ridge.weights * scale, ridge.centre, items.hashes[known][order], lifts[order])


def _content(items: ItemBlock) -> Float64:
    """(M + 1, Di + Dt); an absent vector is zero and so has the centre's lift."""
    return np.concatenate([items.image, items.text], axis=1).astype(np.float64)
