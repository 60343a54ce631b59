"""Rows of past campaigns as a model reads them: what was shown, to whom and when, but never what came of it.

What came of a row is handed over apart, to the fit alone; nothing that predicts can read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from adplat.forecast.arrays import Floats


@dataclass(frozen=True, slots=True)
class PastRows:
    """One entry a row.

    Args:
        impressions: showings, not below 0.
        categories: values as text by feature; ``None`` where nobody told.
        numbers: by feature; NaN where nobody told.
        campaigns: which campaign a row belongs to; ``None`` where campaigns are not told apart.
    """

    impressions: Floats
    categories: Mapping[str, Sequence[str | None]]
    numbers: Mapping[str, Floats]
    campaigns: Sequence[str] | None = None

    def __len__(self) -> int:
        return len(self.impressions)

    def take(self, chosen: np.ndarray) -> PastRows:
        """The rows at the positions ``chosen``."""
        return PastRows(
            self.impressions[chosen],
            {name: [values[at] for at in chosen] for name, values in self.categories.items()},
            {name: values[chosen] for name, values in self.numbers.items()},
            None if self.campaigns is None else [self.campaigns[at] for at in chosen],
        )
