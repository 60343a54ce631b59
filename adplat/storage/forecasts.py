"""ForecastStore in SQL: what was told as documents, what happened as rows that are never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, select, update

from adplat.domain import (
    AuditEntry,
    ConfigRejected,
    Flight,
    ForecastScore,
    KeptForecast,
    ListRequest,
    Metric,
    Page,
    Quantiles,
    ScoredForecast,
    UnknownReference,
    actor_kind,
)
from adplat.storage.audit_trail import audit
from adplat.storage.pages import Listing, asked, moment_field, page_of, text_field
from adplat.storage.tables import ForecastScoreRow, KeptForecastRow
from adplat.storage.transactions import Database
from adplat.storage.upserts import inserted_once

_COLUMNS = KeptForecastRow.__table__.columns
_SCORE_COLUMNS = ForecastScoreRow.__table__.columns
# A result takes some tens of kilobytes, and much more once it is read.
_AT_ONCE = 100
_SAME = ("forecast_id", "metric", "day", "revision")


FORECAST_LISTING = Listing(
    "forecasts",
    key="forecast_id",
    order="-made",
    fields={
        "forecast_id": text_field(KeptForecastRow.forecast_id, may_order=True),
        "made": moment_field(KeptForecastRow.made, may_order=True),
        "made_by": text_field(KeptForecastRow.made_by),
        "name": text_field(KeptForecastRow.name),
        "advertiser_id": text_field(KeptForecastRow.advertiser_id),
        "campaign_id": text_field(KeptForecastRow.campaign_id),
        "flight_start": moment_field(KeptForecastRow.flight_start, may_order=True),
        "flight_end": moment_field(KeptForecastRow.flight_end, may_order=True),
    },
)


class SqlForecasts:
    """Implements ``domain.ForecastStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, forecast: KeptForecast) -> KeptForecast:
        """Keep it; or give the one of this id that is kept already."""
        with self._database.write() as connection:
            made = inserted_once(connection, KeptForecastRow, _values_of(forecast), ["forecast_id"])
            if made is None:
                return _locked(connection, forecast.forecast_id)
            audit(
                connection,
                _entry(forecast.made_at, forecast.made_by, "forecast keep", forecast, {"name": forecast.name}),
            )
            return _forecast_of(made)

    def find(self, forecast_id: str) -> KeptForecast:
        """Raises UnknownReference."""
        with self._database.read() as session:
            row = session.execute(select(*_COLUMNS).where(KeptForecastRow.forecast_id == forecast_id)).first()
        return _one(row, forecast_id)

    def forecasts(self) -> list[KeptForecast]:
        """Oldest first."""
        wanted = select(*_COLUMNS).order_by(KeptForecastRow.made, KeptForecastRow.forecast_id)
        with self._database.read() as session:
            return [_forecast_of(row) for row in session.execute(wanted)]

    def forecast_page(self, request: ListRequest) -> Page[KeptForecast]:
        """A page of them, newest first unless it says otherwise. Raises ConfigRejected."""
        with self._database.read() as session:
            found = session.execute(asked(FORECAST_LISTING, request, select(*_COLUMNS))).all()
        return page_of(FORECAST_LISTING, request, found, _forecast_of)

    def attach(self, forecast_id: str, campaign_id: str, at: datetime, by: str) -> KeptForecast:
        """Say which campaign carries it out; see the port."""
        scored = select(ForecastScoreRow.score_id).where(ForecastScoreRow.forecast_id == forecast_id).limit(1)
        row = update(KeptForecastRow).where(KeptForecastRow.forecast_id == forecast_id)
        with self._database.write() as connection:
            before = _locked(connection, forecast_id)
            if before.campaign_id == campaign_id:
                return before
            if before.carried_out_by != campaign_id and connection.execute(scored).first() is not None:
                raise ConfigRejected(
                    f"it was scored with campaign {before.carried_out_by}",
                    where=f"forecast {forecast_id}",
                    hint="what was scored stays told; keep another forecast for the other campaign",
                )
            detail = {"campaign_id": campaign_id, "before": before.campaign_id or ""}
            audit(connection, _entry(at, by, "forecast attach", before, detail))
            after = connection.execute(row.values(campaign_id=campaign_id).returning(*_COLUMNS)).one()
            return _forecast_of(after)

    def due_for_scoring(self, now: datetime) -> list[KeptForecast]:
        """Those whose flight is over and of which something is not scored."""
        due = select(*_COLUMNS).where(KeptForecastRow.scored.is_(None), KeptForecastRow.flight_end <= now)
        with self._database.read() as session:
            found = session.execute(due.order_by(KeptForecastRow.flight_end, KeptForecastRow.forecast_id))
            return [_forecast_of(row) for row in found]

    def add_scores(
        self, forecast_id: str, scores: Sequence[ForecastScore], at: datetime, by: str, *, complete: bool
    ) -> list[ForecastScore]:
        """Keep what is not kept yet; see the port."""
        row = update(KeptForecastRow).where(
            KeptForecastRow.forecast_id == forecast_id, KeptForecastRow.scored.is_(None)
        )
        with self._database.write() as connection:
            forecast = _locked(connection, forecast_id)
            made = [inserted_once(connection, ForecastScoreRow, _score_values(one), _SAME) for one in scores]
            kept = [_score_of(found) for found in made if found is not None]
            newly_complete = complete and connection.execute(row.values(scored=at)).rowcount == 1
            if kept or newly_complete:
                revised = sum(1 for one in kept if one.revision)
                detail = {"scores": str(len(kept)), "revised": str(revised), "complete": "yes" if complete else "no"}
                audit(connection, _entry(at, by, "forecast score", forecast, detail))
        return kept

    def scores(self, forecast_id: str) -> list[ForecastScore]:
        """Of one forecast, in the order in which they were kept."""
        wanted = select(*_SCORE_COLUMNS).where(ForecastScoreRow.forecast_id == forecast_id)
        with self._database.read() as session:
            return [_score_of(row) for row in session.execute(wanted.order_by(ForecastScoreRow.score_id))]

    def totals(self, forecast_ids: Sequence[str]) -> dict[str, list[ForecastScore]]:
        """Scores of whole flights by forecast; those without one are absent."""
        wanted = select(*_SCORE_COLUMNS).where(
            ForecastScoreRow.forecast_id.in_(forecast_ids), ForecastScoreRow.day == ""
        )
        found: defaultdict[str, list[ForecastScore]] = defaultdict(list)
        with self._database.read() as session:
            for row in session.execute(wanted.order_by(ForecastScoreRow.score_id)):
                found[row.forecast_id].append(_score_of(row))
        return dict(found)

    def scored(self, slices: Mapping[str, str] = MappingProxyType({})) -> list[ScoredForecast]:
        """Forecasts with a score that lie in all of these slices, by the end of their flight."""
        # Slices are chosen here and not in SQL: the two databases look into JSON in different words.
        told = select(*_COLUMNS).order_by(KeptForecastRow.flight_end, KeptForecastRow.forecast_id)
        with self._database.read() as session:
            forecasts = [_forecast_of(row) for row in session.execute(told)]
            scores: defaultdict[str, list[ForecastScore]] = defaultdict(list)
            for row in session.execute(select(*_SCORE_COLUMNS).order_by(ForecastScoreRow.score_id)):
                scores[row.forecast_id].append(_score_of(row))
        return [
            ScoredForecast(one, tuple(scores[one.forecast_id]))
            for one in forecasts
            if one.forecast_id in scores and slices.items() <= dict(one.slices).items()
        ]

    def completed(self, most: int) -> Iterator[ScoredForecast]:
        """At most so many that are scored to the end, the flight that ended last first; see the port."""
        wanted = select(KeptForecastRow.forecast_id).where(KeptForecastRow.scored.is_not(None))
        newest = wanted.order_by(KeptForecastRow.flight_end.desc(), KeptForecastRow.forecast_id).limit(most)
        with self._database.read() as session:
            names = list(session.execute(newest).scalars())
        for start in range(0, len(names), _AT_ONCE):
            yield from self._with_totals(names[start : start + _AT_ONCE])

    def _with_totals(self, names: Sequence[str]) -> list[ScoredForecast]:
        """In this order."""
        told = select(*_COLUMNS).where(KeptForecastRow.forecast_id.in_(names))
        totals = select(*_SCORE_COLUMNS).where(ForecastScoreRow.forecast_id.in_(names), ForecastScoreRow.day == "")
        with self._database.read() as session:
            found = {row.forecast_id: _forecast_of(row) for row in session.execute(told)}
            scores: defaultdict[str, list[ForecastScore]] = defaultdict(list)
            for row in session.execute(totals.order_by(ForecastScoreRow.score_id)):
                scores[row.forecast_id].append(_score_of(row))
        return [ScoredForecast(found[name], tuple(scores[name])) for name in names]


def _entry(at: datetime, by: str, action: str, forecast: KeptForecast, detail: Mapping[str, str]) -> AuditEntry:
    owner = forecast.advertiser_id or None
    return AuditEntry(at, by, action, forecast.forecast_id, detail, actor_kind(by), owner)


def _locked(connection: Connection, forecast_id: str) -> KeptForecast:
    """The row, which nobody else changes meanwhile."""
    wanted = select(*_COLUMNS).where(KeptForecastRow.forecast_id == forecast_id).with_for_update()
    return _one(connection.execute(wanted).first(), forecast_id)


def _one(row: Row[Any] | None, forecast_id: str) -> KeptForecast:
    if row is None:
        raise UnknownReference(
            "no forecast has this id", where=f"forecast {forecast_id}", hint="see 'adplat forecast list'"
        )
    return _forecast_of(row)


def _values_of(forecast: KeptForecast) -> dict[str, Any]:
    return {
        "forecast_id": forecast.forecast_id,
        "made": forecast.made_at,
        "made_by": forecast.made_by,
        "name": forecast.name,
        "advertiser_id": forecast.advertiser_id,
        "campaign_id": forecast.campaign_id,
        "flight_start": forecast.flight.start,
        "flight_end": forecast.ends_at,
        "plan": dict(forecast.plan),
        "document": dict(forecast.document),
        "bundle_id": forecast.bundle_id,
        "correction_id": forecast.correction_id,
        "data_from": forecast.data_from,
        "data_to": forecast.data_to,
        "slices": dict(forecast.slices),
        "scored": forecast.scored_at,
    }


def _forecast_of(row: Row[Any]) -> KeptForecast:
    return KeptForecast(
        forecast_id=row.forecast_id,
        made_at=row.made,
        name=row.name,
        advertiser_id=row.advertiser_id,
        campaign_id=row.campaign_id,
        flight=Flight(row.flight_start, row.flight_end),
        plan=row.plan,
        document=row.document,
        bundle_id=row.bundle_id,
        correction_id=row.correction_id,
        data_from=row.data_from,
        data_to=row.data_to,
        slices=row.slices,
        made_by=row.made_by,
        scored_at=row.scored,
    )


def _score_values(score: ForecastScore) -> dict[str, Any]:
    return {
        "forecast_id": score.forecast_id,
        "metric": score.metric.value,
        "day": "" if score.day is None else score.day.isoformat(),
        "revision": score.revision,
        "scored": score.scored_at,
        "actual": score.actual,
        "quantiles": list(score.quantiles.values),
        "pinball": score.pinball,
        "inside_80": score.inside(0.8),
        "inside_95": score.inside(0.95),
        "reason": score.reason,
    }


def _score_of(row: Row[Any]) -> ForecastScore:
    return ForecastScore(
        forecast_id=row.forecast_id,
        scored_at=row.scored,
        metric=Metric(row.metric),
        day=date.fromisoformat(row.day) if row.day else None,
        actual=row.actual,
        quantiles=Quantiles(tuple(row.quantiles)),
        pinball=row.pinball,
        revision=row.revision,
        reason=row.reason,
    )
