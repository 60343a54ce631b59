"""Which arm a unit gets: computed from names and salts alone, so that every replica and every analysis says the same.

A unit draws one lot (``lots.py``) for each question, so that no answer tells anything of another:

1. *holdout*: below the book's share, or the layer's, no experiment touches it;
2. *slot*: its bucket of the layer; whoever owns the bucket is the one experiment of this layer that may have it;
3. *entry*: below ``traffic`` it takes part. Raising the traffic keeps everybody who is in;
4. *arm*: one lot ``u`` an arm, and the arm with the smallest ``−ln(u)/weight`` gets it.

The last is weighted rendezvous hashing (Thaler & Ravishankar, IEEE/ACM Trans. Netw. 1998; weights as in Schindelhauer &
Schomaker, SPAA 2005): ``−ln(u)/w`` is exponential with rate w, so arm i is the smallest with probability ``w_i/Σw``.
An arm's value depends on nothing of the other arms. Therefore a new arm takes units from the others and moves none
between them; a paused or removed arm gives away its own units and no others; and a changed weight moves units to or
from that arm alone – as few as the shares demand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from types import MappingProxyType

from adplat.domain import LAYER_BUCKETS, AssignmentUnit, Experiment, ExperimentArm, ExperimentBook
from adplat.experiments.lots import Lots, lots_for


@dataclass(frozen=True, slots=True)
class _Layer:
    holdout: float
    held: Lots
    slot: Lots


@dataclass(frozen=True, slots=True)
class _Dealer:
    """One experiment made ready to be asked often; ``arms`` with the inverse of their weights.

    ``ranges`` are empty where it has the whole layer, and nobody's slot need be drawn.
    """

    experiment: Experiment
    layer: str
    ranges: tuple[tuple[int, int], ...]
    traffic: float
    entry: Lots
    arms: tuple[tuple[ExperimentArm, Lots, float], ...]

    @classmethod
    def of(cls, one: Experiment, layer: _Layer) -> _Dealer:
        salt = one.arm_salt
        arms = tuple((arm, lots_for("arm", salt, arm.name), 1.0 / arm.weight) for arm in one.arms if arm.takes_units)
        ranges = tuple((owned.first, owned.end) for owned in one.layer_ranges)
        if ranges == ((0, LAYER_BUCKETS),) and layer.holdout == 0.0:
            ranges = ()
        return cls(one, one.layer, ranges, one.traffic, lots_for("entry", salt), arms)


class Assigner:
    """Deals the units of one book; made when the book is read, asked by every request. Looks at no experiment's state.

    Example::

        assigner = Assigner(ExperimentBook((tea_pictures,), holdout=0.05))
        units = assigner.units_of("u00b80b4ce184", "request-7")
        units.arm_of("tea-pictures")                            # an ExperimentArm, or None: not in it
    """

    def __init__(self, book: ExperimentBook) -> None:
        self.holdout = book.holdout
        self.held = lots_for("holdout", "")
        self.layers: Mapping[str, _Layer] = MappingProxyType(
            {
                name: _Layer(book.layer_holdouts.get(name, 0.0), lots_for("holdout", name), lots_for("slot", name))
                for name in {one.layer for one in book.experiments}
            }
        )
        self.dealers: Mapping[str, _Dealer] = MappingProxyType(
            {one.experiment_id: _Dealer.of(one, self.layers[one.layer]) for one in book.experiments}
        )

    def units_of(self, user_key: str, request_id: str) -> RequestUnits:
        """What one request may be dealt by; empty where not told."""
        return RequestUnits(self, user_key, request_id)


class RequestUnits:
    """One request's units. What several experiments ask is drawn once; for one request, not for many threads."""

    __slots__ = ("_assigner", "_buckets", "_is_held_out", "_request", "_user")

    def __init__(self, assigner: Assigner, user_key: str, request_id: str) -> None:
        self._assigner = assigner
        # Half a character, which no UTF-8 holds, is some unit too: no request fails over the name of its user.
        self._request = request_id.encode("utf-8", "surrogatepass")
        self._user = user_key.encode("utf-8", "surrogatepass") or self._request
        # Whoever is known is held out as a person, whatever unit an experiment has.
        share = assigner.holdout
        self._is_held_out = share > 0.0 and assigner.held(self._user) < share
        self._buckets: dict[str, int] = {}

    def arm_of(self, experiment_id: str) -> ExperimentArm | None:
        """The arm of this experiment of the book; ``None`` for who is not in it, or has no unit."""
        dealer = self._assigner.dealers[experiment_id]
        unit = self._user if dealer.experiment.unit is AssignmentUnit.USER else self._request
        if self._is_held_out or not unit:
            return None
        if dealer.ranges and not self._is_within(dealer, unit):
            return None
        if dealer.traffic < 1.0 and dealer.entry(unit) >= dealer.traffic:
            return None
        best, smallest = None, 0.0
        for arm, drawer, inverse_weight in dealer.arms:
            value = -log(drawer(unit)) * inverse_weight
            if best is None or value < smallest:
                best, smallest = arm, value
        return best

    def _is_within(self, dealer: _Dealer, unit: bytes) -> bool:
        """Whether the experiment owns the unit's bucket. All experiments of a layer have one unit."""
        bucket = self._buckets.get(dealer.layer)
        if bucket is None:
            layer = self._assigner.layers[dealer.layer]
            is_held_out = layer.holdout > 0.0 and layer.held(self._user) < layer.holdout
            bucket = self._buckets[dealer.layer] = -1 if is_held_out else int(layer.slot(unit) * LAYER_BUCKETS)
        return any(first <= bucket < end for first, end in dealer.ranges)
