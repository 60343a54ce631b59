"""What running experiments make of one request: fewer candidates, another policy, and what the decision tells of it.

Who is counted must not depend on the arm, or the arms' sums cannot be compared. So an experiment concerns a campaign of
a request only where *every* arm could show something of it there, judged before anything that an arm may have caused
(frequency caps, money, scores). Where it does not, nothing is held back and no trace is left.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from adplat.domain import Experiment, ExperimentBook, ExperimentState, Opportunity
from adplat.experiments import Assigner, RequestUnits
from adplat.features.arrays import Int32
from adplat.flows.bid_book import NOT_TESTED, BidBook, Bools, Chance, Tested

log = logging.getLogger(__name__)


_NO_ROWS = np.zeros(0, dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class _Ready:
    """One experiment over one book.

    Args:
        places: of its campaigns, those where every arm has a live creative.
        shown: (n,) what an arm shows, by its name; arms that show everything are left out.
    """

    experiment: Experiment
    places: frozenset[int]
    shown: Mapping[str, Bools]

    def concerns(self, rows: Int32) -> bool:
        """Whether every arm could show one of these rows of a campaign."""
        return all(mask[rows].any() for mask in self.shown.values())


@dataclass(frozen=True)
class RunningExperiments:
    """The experiments that run, compiled against a book; swapped with it as a whole.

    Example::

        running = RunningExperiments.of(watch.book, book, policies)     # None: nothing runs, nothing to ask
        rows, tested = running.on_ranking("u1", "r1", rows, policy_is_open=True)
    """

    book: BidBook
    assigner: Assigner
    at_place: Mapping[int, tuple[_Ready, ...]]

    @classmethod
    def of(cls, running: ExperimentBook, book: BidBook, policies: Collection[str]) -> RunningExperiments | None:
        """``None`` where none can concern a request. One that cannot run here is left out and told in the log."""
        ready = [
            _ready(one, book)
            for one in running.experiments
            if one.state is ExperimentState.RUNNING and _has_policies(one, policies)
        ]
        at_place: dict[int, tuple[_Ready, ...]] = {}
        for one in ready:
            if not one.places:
                log.warning("experiment %s concerns nothing that is live", one.experiment.experiment_id)
            for place in one.places:
                at_place[place] = (*at_place.get(place, ()), one)
        return cls(book, Assigner(running), at_place) if at_place else None

    def on_bid(self, opportunity: Opportunity, ways: Mapping[str, Sequence[Chance]]) -> dict[str, list[Chance]]:
        """The ways into each slot with what each campaign's arm leaves of its rows."""
        units = self.assigner.units_of(opportunity.user.user_key, opportunity.request_id)
        return {slot_id: [self._on_chance(units, chance) for chance in chances] for slot_id, chances in ways.items()}

    def on_ranking(self, user_key: str, request_id: str, rows: Int32, *, policy_is_open: bool) -> tuple[Bools, Tested]:
        """(r,) which of these rows stay, and what the decision tells.

        The one policy chooses among all candidates, so experiments that name policies concern a request only where all
        campaigns are theirs, and the caller has not chosen one itself.
        """
        places = self.book.campaign_of[rows]
        present = set(places.tolist())
        kept = np.ones(len(rows), dtype=np.bool_)
        if not present & self.at_place.keys():
            return kept, NOT_TESTED
        mine = {place: rows[places == place] for place in present}
        tested, hidden = self._applied(self.assigner.units_of(user_key, request_id), mine, policy_is_open)
        return (~np.isin(rows, hidden) if len(hidden) else kept), tested

    def _on_chance(self, units: RequestUnits, chance: Chance) -> Chance:
        places = self.book.campaign_of[chance.rows]
        by_campaign: dict[int, Tested] = {}
        hidden: list[Int32] = []
        for place in sorted(set(places.tolist()) & self.at_place.keys()):
            told, rows = self._applied(units, {place: chance.rows[places == place]}, True)
            if told is not NOT_TESTED:
                by_campaign[place] = told
                hidden.append(rows)
        if not by_campaign:
            return chance
        gone = np.concatenate(hidden)
        rows = chance.rows[~np.isin(chance.rows, gone)] if len(gone) else chance.rows
        return Chance(chance.slot, chance.deal, rows, by_campaign)

    def _applied(self, units: RequestUnits, mine: Mapping[int, Int32], policy_is_open: bool) -> tuple[Tested, Int32]:
        """What is told of the campaigns in ``mine``, one choice together, and which of their rows an arm hides."""
        exposures, policy, hidden = [], "", [_NO_ROWS]
        for one in dict.fromkeys(one for place in sorted(mine) for one in self.at_place.get(place, ())):
            experiment = one.experiment
            own = [place for place in mine if place in one.places]
            if experiment.names_policies and not (policy_is_open and len(own) == len(mine)):
                continue
            arm = units.arm_of(experiment.experiment_id)
            if arm is None:
                continue
            concerned = [mine[place] for place in own if one.concerns(mine[place])]
            if not concerned or (experiment.names_policies and len(concerned) < len(own)):
                continue
            exposures.append(experiment.exposure(arm))
            policy = arm.policy or policy
            if arm.name in one.shown:
                hidden += [rows[~one.shown[arm.name][rows]] for rows in concerned]
        return (Tested(tuple(exposures), policy) if exposures else NOT_TESTED), np.concatenate(hidden)


def _ready(experiment: Experiment, book: BidBook) -> _Ready:
    size = len(book.catalogue.creatives)
    named = experiment.campaign_ids or book.place_of_campaign
    places = {book.place_of_campaign[name] for name in named if name in book.place_of_campaign}
    shown = {}
    for arm in experiment.arms:
        if arm.takes_units and arm.creative_ids:
            mask = shown[arm.name] = np.zeros(size, dtype=np.bool_)
            mask[[book.row_of[name] for name in arm.creative_ids if name in book.row_of]] = True
            places &= set(book.campaign_of[mask].tolist())
    return _Ready(experiment, frozenset(places), shown)


def _has_policies(experiment: Experiment, policies: Collection[str]) -> bool:
    unknown = sorted({arm.policy for arm in experiment.arms if arm.policy} - set(policies))
    if unknown:
        log.error("experiment %s is left out: no policy %s here", experiment.experiment_id, ", ".join(unknown))
    return not unknown
