"""An experiment as it is kept: its set-up, where in its life it is, and what its analyses said.

::

    draft ──▶ running ──▶ stopped ──▶ decided

Nothing goes back: a test that was stopped and went on would count the days between as its own. *Stopped* takes nobody
any more, and outcomes still come in; *decided* is when a person said which arm it was, or that it was none.

While it runs, more units may take part, never fewer: who is in stays in its arm (``adplat/experiments/assignment.py``),
and the arms' shares of each other are what they were, so that all its days are of one test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from adplat.domain.errors import ConfigRejected, UnknownReference
from adplat.domain.experiments import Experiment, ExperimentArm, ExperimentState

NEXT_STATE: Mapping[ExperimentState, ExperimentState | None] = {
    ExperimentState.DRAFT: ExperimentState.RUNNING,
    ExperimentState.RUNNING: ExperimentState.STOPPED,
    ExperimentState.STOPPED: ExperimentState.DECIDED,
    ExperimentState.DECIDED: None,
}
_COMMANDS = {
    ExperimentState.RUNNING: "adplat experiment start",
    ExperimentState.STOPPED: "adplat experiment stop",
    ExperimentState.DECIDED: "adplat experiment decide",
}


@dataclass(frozen=True, slots=True)
class TrafficRaise:
    """From ``at`` on ``share`` (0 to 1) of the units in the experiment's ranges take part; ``by`` whom, and why."""

    at: datetime
    share: float
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class KeptExperiment:
    """One experiment of the database.

    Args:
        experiment: with the state, times, traffic and paused arms of now.
        setup: the whole document that it was created from, as plain data; never changed.
        winner: the arm that was decided for; ``None`` before that, and where it was none.
        reason: why it was decided so.
        advertiser_id: the owner of all its campaigns, as the store found it; ``None``: there are several, or it is
            about the campaigns of all.
        raises: of its traffic, in their order.
    """

    experiment: Experiment
    setup: Mapping[str, Any]
    created_at: datetime
    created_by: str
    decided_at: datetime | None = None
    winner: str | None = None
    reason: str = ""
    advertiser_id: str | None = None
    raises: tuple[TrafficRaise, ...] = ()

    @property
    def experiment_id(self) -> str:
        """Its name."""
        return self.experiment.experiment_id

    @property
    def control(self) -> ExperimentArm:
        """The first arm: the others are compared with it."""
        return self.experiment.arms[0]

    def started(self, at: datetime) -> KeptExperiment:
        """Raises ConfigRejected where it is no draft."""
        self._require_step(ExperimentState.RUNNING)
        return self._with(state=ExperimentState.RUNNING, started_at=at)

    def stopped(self, at: datetime) -> KeptExperiment:
        """Raises ConfigRejected where it is not running."""
        self._require_step(ExperimentState.STOPPED)
        return self._with(state=ExperimentState.STOPPED, stopped_at=at)

    def decided(self, winner: str | None, reason: str, at: datetime) -> KeptExperiment:
        """Raises ConfigRejected where it is not stopped, UnknownReference for an arm that it does not have."""
        self._require_step(ExperimentState.DECIDED)
        if winner is not None:
            self._arm(winner)
        decided = self._with(state=ExperimentState.DECIDED)
        return replace(decided, winner=winner, reason=reason, decided_at=at)

    def with_arm_paused(self, name: str) -> KeptExperiment:
        """Its units go to the other arms. Raises ConfigRejected where it is not running or for the control."""
        arm = self._arm(name)
        if self.experiment.state is not ExperimentState.RUNNING:
            self._refuse(f"it is {self.experiment.state.value}, and only a running one has arms to pause")
        if arm == self.control:
            self._refuse(f"{name!r} is the control, with which all others are compared", hint="stop the experiment")
        paused = tuple(replace(one, paused=True) if one.name == name else one for one in self.experiment.arms)
        return self._with(arms=paused)

    def with_traffic(self, raised: TrafficRaise) -> KeptExperiment:
        """More units take part; the share that it has already changes nothing.

        Raises ConfigRejected where it is not running, and for a smaller share.
        """
        before = self.experiment.traffic
        if self.experiment.state is not ExperimentState.RUNNING:
            self._refuse(f"it is {self.experiment.state.value}, and only a running one's traffic is raised")
        changed = self._with(traffic=raised.share)
        if raised.share < before:
            self._refuse(
                f"{100 * before:g} % of the units take part, and {100 * raised.share:g} % would be fewer",
                hint="stop it and start a new one: who met an arm and left would bias what is said of who stayed",
            )
        return self if raised.share == before else replace(changed, raises=(*self.raises, raised))

    def _with(self, **facts: Any) -> KeptExperiment:
        return replace(self, experiment=replace(self.experiment, **facts))

    def _arm(self, name: str) -> ExperimentArm:
        for arm in self.experiment.arms:
            if arm.name == name:
                return arm
        names = ", ".join(arm.name for arm in self.experiment.arms)
        raise UnknownReference(f"it has no arm {name!r}", where=self._where, hint=f"its arms: {names}")

    def _require_step(self, wanted: ExperimentState) -> None:
        state = self.experiment.state
        allowed = NEXT_STATE[state]
        if allowed is wanted:
            return
        hint = "nothing is to be done: it is over" if allowed is None else f"next comes: {_COMMANDS[allowed]}"
        self._refuse(f"it is {state.value} and cannot become {wanted.value}", hint=hint)

    def _refuse(self, what: str, hint: str = "see 'adplat experiment show'") -> None:
        raise ConfigRejected(what, where=self._where, hint=hint)

    @property
    def _where(self) -> str:
        return f"experiment {self.experiment_id}"


@dataclass(frozen=True, slots=True)
class ExperimentResult:
    """What one analysis said, as it was known ``at``; later data make later results and change no earlier one.

    Args:
        data_since: from here on exposures were counted; ``data_until`` is where they end.
        document: ``analysis`` (the result document), ``guardrails`` and ``paused_arms``, as plain data.
        job_id: of the job that made it.
        result_id: 0 before it is kept.
    """

    experiment_id: str
    at: datetime
    data_since: datetime | None
    data_until: datetime | None
    document: Mapping[str, Any]
    job_id: int | None = None
    result_id: int = 0
