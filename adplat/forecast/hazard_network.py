"""The conditional landscape's network as plain arrays: fitted with torch, read with NumPy.

Each context column has a row of ``width`` numbers a code; the rows of an auction, side by side, go through one hidden
layer and straight on, and what comes out shifts the log-odds of each bin's hazard away from those of the whole:

    ``h_k(x) = σ(base_k + straight_k · e(x) + out_k · relu(hidden · e(x) + bias))``,
    ``S_k(x) = Π_{j<k} (1 − h_j(x))``,   ``P(M in bin k) = S_k − S_{k+1}``.

Whatever the network says, ``S`` falls from 1 and no bin is negative: win chances rise with the bid by construction.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from adplat.domain import ConfigRejected
from adplat.forecast.context_coding import Int32

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HazardNetwork:
    """Shapes: ``F`` columns, ``C`` codes of all columns together, ``w`` width, ``H`` hidden, ``K`` bins.

    Args:
        base: (K,) log-odds of the whole's hazards.
        rows: (C, w) of the codes of the first column, then of the second, …
        offsets: (F,) where each column's codes start.
        hidden: (H, F·w) and hidden_bias (H,); out: (K, H); straight: (K, F·w).

    Raises ConfigRejected for arrays that do not fit together.
    """

    base: Float32
    rows: Float32
    offsets: Int32
    hidden: Float32
    hidden_bias: Float32
    out: Float32
    straight: Float32

    def __post_init__(self) -> None:
        wide = len(self.offsets) * self.rows.shape[-1]
        bins, hidden = len(self.base), len(self.hidden_bias)
        fits = (
            self.hidden.shape == (hidden, wide)
            and self.out.shape == (bins, hidden)
            and self.straight.shape == (bins, wide)
            and all(np.isfinite(part).all() for part in self.arrays().values())
        )
        if not fits:
            raise ConfigRejected("a landscape whose arrays do not fit", where="network", hint="fit it again")

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """The parts by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def survival(self, codes: Int32) -> Float64:
        """(N, K + 1) of coded contexts (N, F): the chance that the price lies beyond each edge; the first is 1."""
        # Doubles: a product of floats may differ in its last digits with the place of a row, and a bid of one micro
        # more must not look worse for that.
        rows = self.rows.astype(np.float64)[codes + self.offsets].reshape(len(codes), -1)
        bent = np.maximum(rows @ self.hidden.T.astype(np.float64) + self.hidden_bias, 0.0)
        log_odds = self.base + rows @ self.straight.T.astype(np.float64) + bent @ self.out.T.astype(np.float64)
        left = np.exp(-np.cumsum(np.logaddexp(0.0, log_odds), axis=1))  # ln(1 − σ(z)) = −softplus(z)
        return np.concatenate([np.ones((len(codes), 1)), left], axis=1)
