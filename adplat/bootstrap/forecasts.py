"""Forecasts: those that are kept, and what plans are forecast from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from adplat.bootstrap.machine import actor, clock
from adplat.bootstrap.settings import Settings
from adplat.bootstrap.stores import open_audit, open_catalogue, open_database, open_jobs, open_objects
from adplat.domain import MissingInput

if TYPE_CHECKING:
    from adplat.flows.forecast_desk import ForecastDesk
    from adplat.flows.forecast_parts import ForecastParts


@contextmanager
def opened_forecasts(settings: Settings) -> Iterator[ForecastParts]:
    """Kept forecasts, their jobs and the catalogue of a workspace. Raises StoreUnreachable."""
    from adplat.flows.forecast_parts import ForecastParts
    from adplat.storage import SqlForecasts

    with closing(open_database(settings)) as database:
        yield ForecastParts(
            forecasts=SqlForecasts(database),
            jobs=open_jobs(database),
            audit=open_audit(database),
            catalogue=open_catalogue(database),
            clock=clock(),
            by=actor(settings),
        )


def forecast_desk(settings: Settings) -> ForecastDesk:
    """What plans are forecast from; nothing is loaded yet. Raises MissingInput for a place that is not there."""
    from adplat.flows.forecast_desk import DeskPlaces, ForecastDesk
    from adplat.snapshots import DeploymentPointer

    named = "" if settings.forecast_correction == "none" else settings.forecast_correction
    for name, place in (("DATA", settings.forecast_data), ("CORRECTION", named)):
        if place and not Path(place).exists():
            raise MissingInput("it is not there", where=f"ADPLAT_FORECAST_{name}={place}", hint="mend the setting")
    return ForecastDesk(
        DeskPlaces(
            folder=Path(settings.forecast_data or settings.workspace),
            bundle=lambda: bundle_of_forecasts(settings),
            correction=settings.correction_of_forecasts,
            cache_dir=settings.cache_folder,
            objects=open_objects(settings),
            # Creatives come with a deployment.
            also_watched=(DeploymentPointer(settings.workspace).path,),
            before_load=(lambda: None) if settings.forecast_data else (lambda: keep_own_catalogue(settings)),
        )
    )


def require_opportunities(settings: Settings) -> None:
    """Raises MissingInput where there is no log to forecast from."""
    from adplat.flows.sample_opportunities import lake_of_opportunities

    lake_of_opportunities(Path(settings.forecast_data or settings.workspace))


def keep_own_catalogue(settings: Settings) -> None:
    """A workspace's own catalogue stands in SQL."""
    from adplat.flows.keep_catalogue import keep_catalogue

    with closing(open_database(settings)) as database:
        keep_catalogue(settings.workspace, open_catalogue(database), open_objects(settings))


def bundle_of_forecasts(settings: Settings) -> Path | None:
    from adplat.snapshots import DeploymentPointer, load_snapshot

    if settings.forecast_bundle == "none":
        return None
    if settings.forecast_bundle != "deployed":
        return Path(settings.forecast_bundle)
    pointer = DeploymentPointer(settings.workspace)
    if not pointer.path.exists():
        return None
    return load_snapshot(pointer.folder_of(pointer.read())).bundle_path
