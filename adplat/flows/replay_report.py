"""What a replay found: how many features and scores are the same, which are not, and what differs by design."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adplat.features import NamedValue
from adplat.flows.replay_past import ByDesign

# The two paths add the same numbers in another order, in 32 bits.
LARGEST_SCORE_DIFFERENCE = 1e-5
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class ReplayedRow:
    """One candidate of one decision, both ways.

    Args:
        differing: served and rebuilt value of each feature that is not the same in both.
        features: how many were compared.
        served: pCTR and pCVR as logged.
        rebuilt: the same by the offline path.
    """

    decision_id: str
    creative_id: str
    differing: Mapping[str, tuple[NamedValue | None, NamedValue | None]]
    features: int
    served: tuple[float, float | None]
    rebuilt: tuple[float, float | None]

    @property
    def score_difference(self) -> float:
        """The larger of the two; one that only one side knows, or that is no number, is infinitely far."""
        pairs = zip(self.served, self.rebuilt, strict=True)
        return max(_apart(one, other) for one, other in pairs)


@dataclass
class ReplayReport:
    """Grows row by row; examples are kept of the first few differences."""

    rows: int = 0
    shown_rows: int = 0
    identical_rows: int = 0
    features: int = 0
    largest_score_difference: float = 0.0
    scores_apart: int = 0
    differing: Counter[str] = field(default_factory=Counter)
    by_design: Counter[ByDesign] = field(default_factory=Counter)
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    score_examples: list[dict[str, Any]] = field(default_factory=list)
    _decisions: set[str] = field(default_factory=set)

    def add(self, row: ReplayedRow, by_design: Iterable[ByDesign], *, is_shown: bool) -> None:
        """Count one row; ``by_design`` counts once for a decision."""
        self.rows += 1
        self.shown_rows += is_shown
        self.features += row.features
        if row.decision_id not in self._decisions:
            self._decisions.add(row.decision_id)
            self.by_design.update(by_design)
        self.identical_rows += not row.differing
        where = {"decision_id": row.decision_id, "creative_id": row.creative_id}
        for name, (served, rebuilt) in row.differing.items():
            self.differing[name] += 1
            kept = self.examples.setdefault(name, [])
            if len(kept) < EXAMPLES:
                kept.append({**where, "served": served, "offline": rebuilt})
        apart = row.score_difference
        self.largest_score_difference = max(self.largest_score_difference, apart)
        if apart > LARGEST_SCORE_DIFFERENCE:
            self.scores_apart += 1
            if len(self.score_examples) < EXAMPLES:
                self.score_examples.append({**where, "served": row.served, "offline": row.rebuilt})

    @property
    def decisions(self) -> int:
        """How many requests were replayed."""
        return len(self._decisions)

    @property
    def identical_share(self) -> float:
        """Of the rows, those with every feature the same; 0 of no rows."""
        return self.identical_rows / self.rows if self.rows else 0.0

    @property
    def holds(self) -> bool:
        """Whether what was served is what the offline path sees, everywhere."""
        return self.rows > 0 and self.identical_rows == self.rows and self.scores_apart == 0

    def as_json(self) -> dict[str, Any]:
        """The document of ``adplat replay --json``."""
        return {
            "holds": self.holds,
            "decisions": self.decisions,
            "rows": {"replayed": self.rows, "from_impressions": self.shown_rows, "identical": self.identical_rows},
            "features": {
                "compared": self.features,
                "differing": {name: self.differing[name] for name, _ in self.differing.most_common()},
                "examples": self.examples,
            },
            "scores": {
                "largest_difference": _finite(self.largest_score_difference),
                "limit": LARGEST_SCORE_DIFFERENCE,
                "over_the_limit": self.scores_apart,
                "examples": self.score_examples,
            },
            "by_design": {kind.value: self.by_design[kind] for kind in ByDesign},
        }


def _apart(one: float | None, other: float | None) -> float:
    if one is None or other is None:
        return 0.0 if one is other else math.inf
    return abs(one - other) if math.isfinite(one - other) else math.inf


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
