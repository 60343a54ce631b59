"""The life of an experiment: created, started, its traffic raised, an arm paused, stopped, decided.

SQL is changed first, with its line in the audit trail in the same transaction; then replicas are told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from adplat.bandit import POLICIES
from adplat.data import read_document
from adplat.domain import (
    CatalogueStore,
    Comparison,
    Condition,
    ConfigRejected,
    Creative,
    CreativeStatus,
    Experiment,
    ExperimentBook,
    KeptExperiment,
    ListRequest,
    TrafficRaise,
)
from adplat.experiments import parse_setup
from adplat.flows.experiment_health import alarms_of
from adplat.flows.experiment_parts import ExperimentParts, publish_experiments

NO_WINNER = "none"
_NO_DETAIL: Mapping[str, str] = MappingProxyType({})
_AT_ONCE = 50
AsSeen = Callable[[KeptExperiment], None]


def as_it_is(_: KeptExperiment) -> None:
    """An ``AsSeen`` of who does not say what it saw; others raise ChangedMeanwhile."""


def create_experiment(parts: ExperimentParts, setup_path: Path) -> KeptExperiment:
    """A draft from the set-up in a JSON or YAML file.

    Raises MissingInput, and ConfigRejected for a set-up that cannot be run: a field, a creative that is not there, not
    live or of another campaign, buckets that a running experiment owns, a plan without a size, a name that is taken.
    """
    return create_experiment_of(parts, read_document(setup_path), where=str(setup_path))


def create_experiment_of(
    parts: ExperimentParts, content: Mapping[str, Any], *, where: str, detail: Mapping[str, str] = _NO_DETAIL
) -> KeptExperiment:
    """The same from a document already read; ``detail`` stands in the audit trail."""
    setup, planned = parse_setup(content, where=where)
    experiment = setup.experiment
    _require_creatives(parts, experiment)
    _require_room(parts, experiment, parts.running_book().experiments)
    document = msgspec.json.decode(msgspec.json.encode(setup)) | {"planned": planned}
    kept = KeptExperiment(experiment, document, parts.clock.now(), parts.by)
    parts.experiments.create(kept, detail)
    return parts.experiments.find(kept.experiment_id)


def start_experiment(
    parts: ExperimentParts, experiment_id: str, reason: str = "", seen: AsSeen = as_it_is
) -> KeptExperiment:
    """From now on it assigns. Raises as creating it does: the catalogue and its neighbours may have changed."""
    now = parts.clock.now()
    _require_creatives(parts, parts.experiments.find(experiment_id).experiment)

    def step(kept: KeptExperiment, running: Sequence[KeptExperiment]) -> KeptExperiment:
        seen(kept)
        started = kept.started(now)
        _require_room(parts, started.experiment, [one.experiment for one in running])
        return started

    return _change(parts, experiment_id, step, "experiment start", {"reason": reason} if reason else {})


def stop_experiment(
    parts: ExperimentParts, experiment_id: str, reason: str = "", seen: AsSeen = as_it_is
) -> KeptExperiment:
    """From now on it assigns nobody; late outcomes of those who were in it still count. Raises ConfigRejected."""
    now = parts.clock.now()

    def step(kept: KeptExperiment, _: Sequence[KeptExperiment]) -> KeptExperiment:
        seen(kept)
        return kept.stopped(now)

    return _change(parts, experiment_id, step, "experiment stop", {"reason": reason})


def raise_traffic(
    parts: ExperimentParts,
    experiment_id: str,
    share: float,
    reason: str,
    seen: AsSeen = as_it_is,
    *,
    despite_alarms: bool = False,
) -> KeptExperiment:
    """From now on this share of its units takes part; who is in stays in its arm. The share it has changes nothing.

    Raises UnknownReference, and ConfigRejected without a reason, where it is not running, for a smaller share, and
    where its latest result is unhealthy and nobody says that it is raised all the same.
    """
    where = f"experiment {experiment_id}"
    if not reason.strip():
        raise ConfigRejected("more traffic without a reason", where=where, hint='add --reason "…"')
    now = parts.clock.now()
    latest = parts.experiments.latest_results([experiment_id]).get(experiment_id)
    alarms = alarms_of(None if latest is None else latest.document)

    def step(kept: KeptExperiment, _: Sequence[KeptExperiment]) -> KeptExperiment:
        seen(kept)
        raised = kept.with_traffic(TrafficRaise(now, share, parts.by, reason))
        if alarms and raised != kept and not despite_alarms:
            raise ConfigRejected(
                f"its latest result is unhealthy ({', '.join(alarms)}), and more people would meet it",
                where=where,
                hint="find the cause, or say that it is raised despite its alarms",
            )
        return raised

    told = {"traffic": f"{share:g}", "reason": reason} | ({"despite": ", ".join(alarms)} if alarms else {})
    return _change(parts, experiment_id, step, "experiment raise-traffic", told)


def pause_arm(
    parts: ExperimentParts, experiment_id: str, arm: str, reason: str = "", seen: AsSeen = as_it_is
) -> KeptExperiment:
    """The arm's units go to the others; pausing it again changes nothing. Raises UnknownReference, ConfigRejected."""

    def step(kept: KeptExperiment, _: Sequence[KeptExperiment]) -> KeptExperiment:
        seen(kept)
        return kept.with_arm_paused(arm)

    return _change(parts, experiment_id, step, "experiment pause-arm", {"arm": arm, "reason": reason})


def decide_experiment(
    parts: ExperimentParts, experiment_id: str, winner: str, reason: str, seen: AsSeen = as_it_is
) -> KeptExperiment:
    """What a person concludes: an arm's name, or ``none``. The latest result it was decided on is written down.

    Raises ConfigRejected without a reason or before it was stopped, UnknownReference.
    """
    if not reason.strip():
        raise ConfigRejected("a decision gives no reason", where=f"experiment {experiment_id}", hint='add --reason "…"')
    now = parts.clock.now()
    name = None if winner == NO_WINNER else winner
    latest = parts.experiments.latest_results([experiment_id]).get(experiment_id)
    stood = {} if latest is None else {"result": str(latest.result_id), "verdict": verdict_of(latest.document)}

    def step(kept: KeptExperiment, _: Sequence[KeptExperiment]) -> KeptExperiment:
        seen(kept)
        return kept.decided(name, reason, now)

    told = {"winner": winner, "reason": reason, **stood}
    return _change(parts, experiment_id, step, "experiment decide", told)


def verdict_of(document: Mapping[str, Any]) -> str:
    """The word of a result's decision."""
    return str(document["analysis"]["decision"]["verdict"])


def _change(
    parts: ExperimentParts,
    experiment_id: str,
    step: Callable[[KeptExperiment, Sequence[KeptExperiment]], KeptExperiment],
    action: str,
    detail: Mapping[str, str],
) -> KeptExperiment:
    with parts.alone():
        changed = parts.experiments.change(experiment_id, step, parts.clock.now(), parts.by, action, detail)
        publish_experiments(parts)
    return changed


def _require_room(parts: ExperimentParts, experiment: Experiment, running: Sequence[Experiment]) -> None:
    """Raises ConfigRejected where it would spoil a running one: the book of all of them refuses it."""
    others = tuple(one for one in running if one.experiment_id != experiment.experiment_id)
    ExperimentBook((*others, experiment), parts.holdout, parts.layer_holdouts)


def _require_creatives(parts: ExperimentParts, experiment: Experiment) -> None:
    where = f"experiment {experiment.experiment_id}"
    campaigns = _campaigns(parts.catalogue, experiment.campaign_ids)
    for name in experiment.campaign_ids:
        if name not in campaigns:
            raise ConfigRejected(f"there is no campaign {name}", where=where, hint="name one of the catalogue")
    creatives = _creatives(parts.catalogue, {name for arm in experiment.arms for name in arm.creative_ids})
    for arm in experiment.arms:
        place = f"{where}: arm {arm.name}"
        if arm.policy and arm.policy not in POLICIES:
            raise ConfigRejected(f"no policy {arm.policy!r}", where=place, hint=f"known: {', '.join(POLICIES)}")
        for name in arm.creative_ids:
            creative = creatives.get(name)
            if creative is None:
                raise ConfigRejected(f"there is no creative {name}", where=place, hint="name one of the catalogue")
            if creative.campaign_id not in experiment.campaign_ids:
                raise ConfigRejected(
                    f"creative {name} is of campaign {creative.campaign_id}",
                    where=place,
                    hint=f"name creatives of {', '.join(experiment.campaign_ids)}",
                )
            if creative.status is not CreativeStatus.LIVE:
                raise ConfigRejected(
                    f"creative {name} is {creative.status.value}, not live", where=place, hint="put it into service"
                )


def _campaigns(catalogue: CatalogueStore, names: Collection[str]) -> set[str]:
    """Those of these that there are."""
    return {
        one.campaign_id
        for some in _some(names)
        for one in catalogue.campaign_page(ListRequest([Condition("campaign_id", Comparison.IS, some)])).items
    }


def _creatives(catalogue: CatalogueStore, names: Collection[str]) -> dict[str, Creative]:
    return {
        one.creative_id: one
        for some in _some(names)
        for one in catalogue.creative_page(ListRequest([Condition("creative_id", Comparison.IS, some)])).items
    }


def _some(names: Collection[str]) -> Iterator[tuple[str, ...]]:
    """No more at once than a condition takes; what is no line of text names nothing."""
    told = sorted(name for name in names if name.isprintable())
    for first in range(0, len(told), _AT_ONCE):
        yield tuple(told[first : first + _AT_ONCE])
