"""ExperimentStore in SQL: set-ups as documents, states as columns, results as rows that are never changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, select, update

from adplat.domain import (
    AuditEntry,
    ConfigRejected,
    Experiment,
    ExperimentResult,
    ExperimentState,
    KeptExperiment,
    ListRequest,
    Page,
    TrafficRaise,
    UnknownReference,
    actor_kind,
)
from adplat.storage.audit_trail import audit
from adplat.storage.pages import Listing, asked, choice_field, moment_field, number_field, page_of, text_field
from adplat.storage.tables import CampaignRow, ExperimentResultRow, ExperimentRow
from adplat.storage.transactions import Database
from adplat.storage.upserts import inserted_once

_COLUMNS = ExperimentRow.__table__.columns
_RESULT_COLUMNS = ExperimentResultRow.__table__.columns
Step = Callable[[KeptExperiment, Sequence[KeptExperiment]], KeptExperiment]


EXPERIMENT_LISTING = Listing(
    "experiments",
    key="experiment_id",
    order="-created",
    fields={
        "experiment_id": text_field(ExperimentRow.experiment_id, may_order=True),
        "state": choice_field(ExperimentRow.state, ExperimentState),
        "created": moment_field(ExperimentRow.created, may_order=True),
        "created_by": text_field(ExperimentRow.created_by),
        "advertiser_id": text_field(ExperimentRow.advertiser_id),
    },
)
RESULT_LISTING = Listing(
    "results",
    key="result_id",
    order="-result_id",
    fields={
        "result_id": number_field(ExperimentResultRow.result_id, may_order=True),
        "at": moment_field(ExperimentResultRow.at, may_order=True),
        "job_id": number_field(ExperimentResultRow.job_id),
    },
)


class SqlExperiments:
    """Implements ``domain.ExperimentStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, kept: KeptExperiment, detail: Mapping[str, str] = MappingProxyType({})) -> None:
        """Keep a draft. Raises ConfigRejected where there is one of this name."""
        values = _state_of(kept) | {
            "experiment_id": kept.experiment_id,
            "setup": dict(kept.setup),
            "created": kept.created_at,
            "created_by": kept.created_by,
        }
        with self._database.write() as connection:
            values["advertiser_id"] = owner = _owner(connection, kept.experiment.campaign_ids)
            entry = _entry(kept.created_at, kept.created_by, "experiment create", kept.experiment_id, detail, owner)
            if inserted_once(connection, ExperimentRow, values, ["experiment_id"]) is None:
                raise ConfigRejected(
                    "there is an experiment of this name",
                    where=f"experiment {kept.experiment_id}",
                    hint="give another experiment_id: what was tested under a name stays told",
                )
            audit(connection, entry)

    def change(
        self, experiment_id: str, step: Step, at: datetime, by: str, action: str, detail: Mapping[str, str]
    ) -> KeptExperiment:
        """Keep what ``step`` makes of it and of all that run; see the port."""
        # All rows are locked, in one order: of two that would start at once, the second one sees the first one running.
        everything = select(*_COLUMNS).order_by(ExperimentRow.experiment_id).with_for_update()
        with self._database.write() as connection:
            found = {row.experiment_id: _kept_of(row) for row in connection.execute(everything)}
            before = _one(found.get(experiment_id), experiment_id)
            running = [one for one in found.values() if one.experiment.state is ExperimentState.RUNNING]
            after = step(before, running)
            if after != before:
                row = update(ExperimentRow).where(ExperimentRow.experiment_id == experiment_id)
                connection.execute(row.values(_state_of(after)))
                audit(connection, _entry(at, by, action, experiment_id, detail, before.advertiser_id))
        return after

    def find(self, experiment_id: str) -> KeptExperiment:
        """Raises UnknownReference."""
        with self._database.read() as session:
            row = session.execute(select(*_COLUMNS).where(ExperimentRow.experiment_id == experiment_id)).first()
        return _one(None if row is None else _kept_of(row), experiment_id)

    def experiments(self, states: Sequence[ExperimentState] = ()) -> list[KeptExperiment]:
        """Oldest first; in all states where none are named."""
        wanted = select(*_COLUMNS).order_by(ExperimentRow.created, ExperimentRow.experiment_id)
        if states:
            wanted = wanted.where(ExperimentRow.state.in_([state.value for state in states]))
        with self._database.read() as session:
            return [_kept_of(row) for row in session.execute(wanted)]

    def experiment_page(self, request: ListRequest) -> Page[KeptExperiment]:
        """A page of them, newest first unless it says otherwise. Raises ConfigRejected."""
        with self._database.read() as session:
            found = session.execute(asked(EXPERIMENT_LISTING, request, select(*_COLUMNS))).all()
        return page_of(EXPERIMENT_LISTING, request, found, _kept_of)

    def add_result(self, result: ExperimentResult) -> ExperimentResult:
        """Keep it; or give the one that the same job already left. Raises UnknownReference."""
        values = {name: getattr(result, name) for column in _RESULT_COLUMNS if (name := column.name) != "result_id"}
        same = select(*_RESULT_COLUMNS).where(ExperimentResultRow.job_id == result.job_id)
        with self._database.write() as connection:
            made = inserted_once(connection, ExperimentResultRow, values, ["job_id"])
            return _result_of(made if made is not None else connection.execute(same).one())

    def results(self, experiment_id: str) -> list[ExperimentResult]:
        """Oldest first."""
        wanted = select(*_RESULT_COLUMNS).where(ExperimentResultRow.experiment_id == experiment_id)
        with self._database.read() as session:
            return [_result_of(row) for row in session.execute(wanted.order_by(ExperimentResultRow.result_id))]

    def result_page(self, experiment_id: str, request: ListRequest) -> Page[ExperimentResult]:
        """A page of them, newest first unless it says otherwise. Raises ConfigRejected."""
        wanted = select(*_RESULT_COLUMNS).where(ExperimentResultRow.experiment_id == experiment_id)
        with self._database.read() as session:
            found = session.execute(asked(RESULT_LISTING, request, wanted)).all()
        return page_of(RESULT_LISTING, request, found, _result_of)

    def latest_results(self, experiment_ids: Sequence[str]) -> dict[str, ExperimentResult]:
        """The latest of each; one that was never analysed is absent."""
        latest = (
            select(func.max(ExperimentResultRow.result_id))
            .where(ExperimentResultRow.experiment_id.in_(experiment_ids))
            .group_by(ExperimentResultRow.experiment_id)
        )
        wanted = select(*_RESULT_COLUMNS).where(ExperimentResultRow.result_id.in_(latest))
        with self._database.read() as session:
            return {row.experiment_id: _result_of(row) for row in session.execute(wanted)}

    def results_over_time(self, experiment_id: str, most: int) -> tuple[list[ExperimentResult], int]:
        """At most so many of them, evenly spread from the first to the last, oldest first; and how many there are."""
        # Documents are large and ids are not: which ones are wanted is settled before any is read.
        ids = select(ExperimentResultRow.result_id).where(ExperimentResultRow.experiment_id == experiment_id)
        with self._database.read() as session:
            numbers = list(session.scalars(ids.order_by(ExperimentResultRow.result_id)))
            last = len(numbers) - 1
            kept = numbers if len(numbers) <= most else [numbers[place] for place in _spread(last, most)]
            wanted = select(*_RESULT_COLUMNS).where(ExperimentResultRow.result_id.in_(kept))
            found = session.execute(wanted.order_by(ExperimentResultRow.result_id)).all()
        return [_result_of(row) for row in found], len(numbers)


def _spread(last: int, most: int) -> list[int]:
    """Places from 0 to ``last``, evenly; one alone is the last."""
    return sorted({round(last * step / (most - 1)) for step in range(most)}) if most > 1 else [last]


def _owner(connection: Connection, campaign_ids: Sequence[str]) -> str | None:
    """The advertiser of all these campaigns; ``None``: there are more of them, or the experiment is about all."""
    wanted = select(CampaignRow.advertiser_id, CampaignRow.campaign_id).where(CampaignRow.campaign_id.in_(campaign_ids))
    found = connection.execute(wanted).all()
    owners = {advertiser_id for advertiser_id, _ in found}
    return owners.pop() if len(owners) == 1 and len(found) == len(set(campaign_ids)) else None


def _entry(
    at: datetime, by: str, action: str, experiment_id: str, detail: Mapping[str, str], advertiser_id: str | None
) -> AuditEntry:
    return AuditEntry(at, by, action, experiment_id, detail, actor_kind(by), advertiser_id)


def _one(kept: KeptExperiment | None, experiment_id: str) -> KeptExperiment:
    if kept is None:
        raise UnknownReference(
            "no experiment has this name", where=f"experiment {experiment_id}", hint="see 'adplat experiment list'"
        )
    return kept


def _state_of(kept: KeptExperiment) -> dict[str, Any]:
    """The columns that may change."""
    experiment = kept.experiment
    return {
        "state": experiment.state.value,
        "paused_arms": [arm.name for arm in experiment.arms if arm.paused],
        "raises": msgspec.to_builtins(kept.raises),
        "winner": kept.winner,
        "reason": kept.reason,
        "started": experiment.started_at,
        "stopped": experiment.stopped_at,
        "decided": kept.decided_at,
    }


def _kept_of(row: Row[Any]) -> KeptExperiment:
    told = msgspec.convert(row.setup["experiment"], Experiment)
    raises = msgspec.convert(row.raises, tuple[TrafficRaise, ...])
    experiment = replace(
        told,
        traffic=raises[-1].share if raises else told.traffic,
        arms=tuple(replace(arm, paused=arm.name in row.paused_arms) for arm in told.arms),
        state=ExperimentState(row.state),
        started_at=row.started,
        stopped_at=row.stopped,
    )
    return KeptExperiment(
        experiment,
        row.setup,
        row.created,
        row.created_by,
        row.decided,
        row.winner,
        row.reason,
        row.advertiser_id,
        raises,
    )


def _result_of(row: Row[Any]) -> ExperimentResult:
    return ExperimentResult(**row._mapping)
