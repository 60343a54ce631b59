"""What items have in common, as columns that a linear model can weigh: facts, numbers, picture and words.

* facts: one flag for each of the most frequent values of categorical features and bags (identifiers left out);
* numbers: each number and its excess over the quartiles of the shown items, so that a slope may bend;
* image, text: the whitened vectors, each coordinate with a prior spread that falls as 1/k: they come in falling
  order of variance, and what tells items apart stands in the first ones.

Everything is centred on the items shown in training; the unknown item (row 0) is the centre itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.ctr.fact_flags import FactFlags
from adplat.features import ItemBlock

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

_FEWEST_ITEMS = 5
_TASTE_CONTENT = 8  # leading content coordinates that a single user's taste may weigh
_QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class ItemDescriptors:
    """``knots`` (G, 3) of each number; ``centre`` (K,) means of all columns; ``content``: with image and text."""

    facts: FactFlags
    knots: Float64
    centre: Float64
    content: bool

    @classmethod
    def fit(
        cls, items: ItemBlock, shown: Int64, identifiers: tuple[int, ...], *, content: bool = True
    ) -> ItemDescriptors:
        """Learn from the ``shown`` rows of the block. Categorical columns that are ``identifiers`` are left out."""
        columns = tuple(place for place in range(items.categorical.shape[1]) if place not in identifiers)
        bags = tuple(range(items.bags.shape[1]))
        facts = FactFlags.fit(items.categorical[shown], items.bags[shown], columns, bags, _FEWEST_ITEMS)
        knots = np.quantile(items.numeric[shown].astype(np.float64), _QUARTILES, axis=0).T.reshape(-1, 3)
        plain = cls(facts, knots, np.zeros(0), content)
        return cls(facts, knots, plain._raw(items)[shown].mean(0), content)

    def widths(self, items: ItemBlock) -> tuple[int, int, int, int]:
        """How many columns facts, numbers, image and text have."""
        image, text = (items.image.shape[1], items.text.shape[1]) if self.content else (0, 0)
        return len(self.facts), 4 * len(self.knots), image, text

    def columns(self, items: ItemBlock) -> Float64:
        """(M + 1, K): the groups side by side, row 0 all zero."""
        columns = self._raw(items) - self.centre
        columns[0] = 0.0
        return columns

    def taste(self, items: ItemBlock) -> Float64:
        """(M + 1, D): what a user may like more or less than others do: everything, facts, numbers, some content."""
        columns = self.columns(items)
        facts, numbers, image, text = self.widths(items)
        places = [*range(facts), *range(facts, facts + numbers, 4)]
        parts = [np.ones((len(columns), 1)), columns[:, places]]
        for vectors, width in ((items.image, image), (items.text, text)):
            leading = vectors[:, : min(_TASTE_CONTENT, width)].astype(np.float64)
            parts.append(leading / np.sqrt(max(leading.shape[1], 1)))
        return np.concatenate(parts, axis=1)

    def _raw(self, items: ItemBlock) -> Float64:
        parts = [self.facts.columns(items.categorical, items.bags)]
        for place, knots in enumerate(self.knots):
            number = items.numeric[:, place].astype(np.float64)
            parts.append(np.column_stack([number, *(np.maximum(number - knot, 0.0) for knot in knots)]))
        if self.content:
            parts += [_falling(items.image), _falling(items.text)]
        return np.concatenate(parts, axis=1)


def _falling(vectors: npt.NDArray[np.float32]) -> Float64:
    share = 1.0 / np.arange(1, vectors.shape[1] + 1)
    return vectors.astype(np.float64) * np.sqrt(share / max(float(share.sum()), 1e-12))
