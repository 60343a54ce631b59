"""The life of an experiment: created, started, an arm paused, stopped, decided.

SQL is changed first, with its line in the audit trail in the same transaction; then replicas are told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from adplat.bandit import POLICIES
from adplat.data import read_document
from adplat.domain import ConfigRejected, CreativeStatus, Experiment, ExperimentBook, KeptExperiment
from adplat.experiments import parse_setup
from adplat.flows.experiment_parts import ExperimentParts, publish_experiments

NO_WINNER = "none"


def create_experiment(parts: ExperimentParts, setup_path: Path) -> KeptExperiment:
    """A draft from the set-up in a JSON or YAML file.

    Raises MissingInput, and ConfigRejected for a set-up that cannot be run: a field, a creative that is not there, not
    live or of another campaign, buckets that a running experiment owns, a plan without a size, a name that is taken.
    """
    return create_experiment_of(parts, read_document(setup_path), where=str(setup_path))


def create_experiment_of(parts: ExperimentParts, content: Mapping[str, Any], *, where: str) -> KeptExperiment:
    """The same from a document already read."""
    setup, planned = parse_setup(content, where=where)
    experiment = setup.experiment
    _require_creatives(parts, experiment)
    _require_room(parts, experiment, parts.running_book().experiments)
    document = msgspec.json.decode(msgspec.json.encode(setup)) | {"planned": planned}
    kept = KeptExperiment(experiment, document, parts.clock.now(), parts.by)
    parts.experiments.create(kept)
    return kept


def start_experiment(parts: ExperimentParts, experiment_id: str) -> KeptExperiment:
    """From now on it assigns. Raises as creating it does: the catalogue and its neighbours may have changed."""
    now = parts.clock.now()
    _require_creatives(parts, parts.experiments.find(experiment_id).experiment)

    def step(kept: KeptExperiment, running: Sequence[KeptExperiment]) -> KeptExperiment:
        started = kept.started(now)
        _require_room(parts, started.experiment, [one.experiment for one in running])
        return started

    return _change(parts, experiment_id, step, "experiment start", {})


def stop_experiment(parts: ExperimentParts, experiment_id: str, reason: str = "") -> KeptExperiment:
    """From now on it assigns nobody; late outcomes of those who were in it still count. Raises ConfigRejected."""
    now = parts.clock.now()
    return _change(parts, experiment_id, lambda kept, _: kept.stopped(now), "experiment stop", {"reason": reason})


def pause_arm(parts: ExperimentParts, experiment_id: str, arm: str, reason: str = "") -> KeptExperiment:
    """The arm's units go to the others; pausing it again changes nothing. Raises UnknownReference, ConfigRejected."""
    told = {"arm": arm, "reason": reason}
    return _change(parts, experiment_id, lambda kept, _: kept.with_arm_paused(arm), "experiment pause-arm", told)


def decide_experiment(parts: ExperimentParts, experiment_id: str, winner: str, reason: str) -> KeptExperiment:
    """What a person concludes: an arm's name, or ``none``. The latest result it was decided on is written down.

    Raises ConfigRejected without a reason or before it was stopped, UnknownReference.
    """
    if not reason.strip():
        raise ConfigRejected("a decision gives no reason", where=f"experiment {experiment_id}", hint='add --reason "…"')
    now = parts.clock.now()
    name = None if winner == NO_WINNER else winner
    results = parts.experiments.results(experiment_id)
    seen = {"result": str(results[-1].result_id), "verdict": verdict_of(results[-1].document)} if results else {}
    told = {"winner": winner, "reason": reason, **seen}
    return _change(parts, experiment_id, lambda kept, _: kept.decided(name, reason, now), "experiment decide", told)


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
    campaigns = {campaign.campaign_id for campaign in parts.catalogue.campaigns()}
    for name in experiment.campaign_ids:
        if name not in campaigns:
            raise ConfigRejected(f"there is no campaign {name}", where=where, hint="name one of the catalogue")
    creatives = {creative.creative_id: creative for creative in parts.catalogue.creatives()}
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
