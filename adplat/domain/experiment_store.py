"""The port of kept experiments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from adplat.domain.experiments import ExperimentState
from adplat.domain.kept_experiments import ExperimentResult, KeptExperiment
from adplat.domain.listing import ListRequest, Page


class ExperimentStore(Protocol):
    """Experiments and what their analyses said, in SQL; one call is one transaction, its line in the audit trail
    included. Nothing is ever deleted.
    """

    def create(self, kept: KeptExperiment, detail: Mapping[str, str] = MappingProxyType({})) -> None:
        """Keep a draft; ``detail`` stands in the audit trail. Raises ConfigRejected where there is one of this name."""
        ...

    def change(
        self,
        experiment_id: str,
        step: Callable[[KeptExperiment, Sequence[KeptExperiment]], KeptExperiment],
        at: datetime,
        by: str,
        action: str,
        detail: Mapping[str, str],
    ) -> KeptExperiment:
        """Keep what ``step`` makes of it and of all that run; nobody changes any of them meanwhile.

        A step that changes nothing leaves no line in the audit trail. What it raises changes nothing. Raises
        UnknownReference.
        """
        ...

    def find(self, experiment_id: str) -> KeptExperiment:
        """Raises UnknownReference."""
        ...

    def experiments(self, states: Sequence[ExperimentState] = ()) -> list[KeptExperiment]:
        """Oldest first; in all states where none are named."""
        ...

    def experiment_page(self, request: ListRequest) -> Page[KeptExperiment]:
        """A page, newest first unless it says otherwise. Raises ConfigRejected."""
        ...

    def add_result(self, result: ExperimentResult) -> ExperimentResult:
        """Keep it; or give the one that the same job already left."""
        ...

    def results(self, experiment_id: str) -> list[ExperimentResult]:
        """Oldest first."""
        ...

    def result_page(self, experiment_id: str, request: ListRequest) -> Page[ExperimentResult]:
        """A page of them, newest first unless it says otherwise. Raises ConfigRejected."""
        ...

    def latest_results(self, experiment_ids: Sequence[str]) -> Mapping[str, ExperimentResult]:
        """The latest of each; one that was never analysed is absent."""
        ...

    def results_over_time(self, experiment_id: str, most: int) -> tuple[list[ExperimentResult], int]:
        """At most so many of them, evenly spread from the first to the last, oldest first; and how many there are."""
        ...
