"""What plans are forecast from, loaded once and answered from many times, and loaded anew when a stored file changes.

The opportunities, the landscape and the log's past are read as they were kept: a plan is answered in seconds, from data
that may be an hour old, and ``inputs`` of the document tell their end. ``refresh`` makes the kept files anew where the
lake has got more since.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from adplat.ctr import KeptBundle
from adplat.data.lake import require_lake
from adplat.domain import ConfigRejected, ObjectStore, Progress, Refused
from adplat.flows.campaign_sources import (
    LANDSCAPE_IN_WORKSPACE,
    CampaignSources,
    campaign_sources,
    read_learned_prices,
)
from adplat.flows.forecast_campaign import campaigns_of_catalogue, forecast_plan, moment_after, read_correction
from adplat.flows.forecast_response import (
    CheckedModel,
    catalogue_of_creatives,
    known_by,
    nothing_clicked,
    responses_by_history,
)
from adplat.flows.holidays import IN_FOLDER as HOLIDAYS
from adplat.flows.plan_pictures import folder_of_pictures
from adplat.flows.predict_creative import predict_creative
from adplat.flows.response_by_history import HistoryWord
from adplat.flows.response_evidence import ResponsePast, read_response_past
from adplat.flows.sample_opportunities import IN_WORKSPACE
from adplat.forecast import CampaignCorrection, CampaignPlan, NewCreative, PlanResponse, check_plan
from adplat.snapshots import SHADING_NAME, WatchedFile

_PICTURE = "picture"


@dataclass(frozen=True)
class DeskPlaces:
    """Where a desk finds what it answers from.

    ``folder`` holds ``lake`` and ``catalogue``; ``before_load`` brings these up to date where somebody must.
    ``bundle`` gives the model's folder of the moment, ``None``: the log alone speaks. ``correction`` may be a file that
    is still to be learned: nothing is corrected before. A change of what is ``also_watched`` loads everything anew.
    """

    folder: Path
    bundle: Callable[[], Path | None]
    correction: Path | None
    cache_dir: Path
    objects: ObjectStore
    before_load: Callable[[], None] = lambda: None
    also_watched: tuple[Path, ...] = ()


@dataclass(frozen=True)
class _Loaded:
    sources: CampaignSources
    catalogue: pl.DataFrame
    owners: dict[str, str]
    campaigns: frozenset[str]
    past: ResponsePast | None
    word: HistoryWord | None
    correction: CampaignCorrection


class ForecastDesk:
    """One desk for many threads.

    Example::

        desk.look(progress)                    # loads at first, and what has changed later; costs a few ``stat`` else
        desk.forecast(plan, progress)["total"]["clicks"]["p50"]
    """

    def __init__(self, places: DeskPlaces) -> None:
        self._places = places
        root = places.folder
        kept = (IN_WORKSPACE, LANDSCAPE_IN_WORKSPACE, Path("catalogue", "creatives.parquet"), HOLIDAYS)
        paths = [root / path for path in kept]
        paths += [*places.also_watched, *([places.correction] if places.correction else [])]
        self._watched = [WatchedFile(path) for path in paths]
        # Apart: it is learned every few minutes, and nothing else changes with it.
        self._prices = WatchedFile(root / SHADING_NAME)
        self._loaded: _Loaded | None = None
        self._loading = threading.Lock()
        self._checking = threading.Lock()
        self._model: tuple[Path, _Loaded, CheckedModel | None] | None = None
        self._is_whole = False
        self._loads = 0

    @property
    def loads(self) -> int:
        """How often it was loaded: as long as it stays, a plan has the same forecast, but for another bundle."""
        return self._loads

    def bundle(self) -> Path | None:
        """The model's folder of the moment; ``None``: the log alone speaks."""
        return self._places.bundle()

    @property
    def data_to(self) -> datetime | None:
        """The last opportunity that is known; ``None`` before anything was loaded."""
        return None if self._loaded is None else self._loaded.sources.sample.data_to

    @property
    def landscape_to(self) -> datetime | None:
        """The last auction that the landscape knows; ``None`` before anything was loaded."""
        return None if self._loaded is None else datetime.fromisoformat(self._loaded.sources.landscape_told["to"])

    def look(self, progress: Progress) -> bool:
        """Load where nothing is loaded or a stored file has changed; says whether it did.

        One thread loads, others wait for it. Raises MissingInput, TableRejected, ConfigRejected; what was loaded then
        goes on being answered from.
        """
        with self._loading:
            if self._is_whole and not any(file.has_moved() for file in self._watched):
                return self._look_at_prices()
            self._load(progress, as_kept=True)
            return True

    def refresh(self, progress: Progress) -> None:
        """Make the kept files anew where the lake is a day ahead of them, and load them. Raises as ``look``."""
        with self._loading:
            self._load(progress, as_kept=False)

    def forecast(self, plan: CampaignPlan, progress: Progress, *, seed: int = 0, where: str = "plan") -> dict[str, Any]:
        """The document of ``forecast run``. ``image_path`` of new creatives name objects (``keep_pictures``).

        Raises InputError as ``forecast_campaign``.
        """
        check_plan(plan, where=where)
        loaded = self._ready(progress)
        sources, sample = loaded.sources, loaded.sources.sample
        if plan.currency and sample.currency and plan.currency != sample.currency:
            raise ConfigRejected(
                f"money in {plan.currency}, and the log's is {sample.currency}",
                where=f"{where}: currency",
                hint=f"give money in {sample.currency}",
            )
        bundle = self._places.bundle()
        with folder_of_pictures(plan, self._places.objects) as pictures:

            def respond(openings: pl.DataFrame, as_of: datetime) -> PlanResponse | Refused:
                if bundle is None:
                    return _by_history(loaded, plan, openings, as_of)
                model = self._checked(bundle, loaded, as_of, progress)
                if model is None:
                    return nothing_clicked(as_of)
                return model.responses(plan, openings, plan_folder=pictures, progress=progress)

            return forecast_plan(plan, sources, respond, loaded.correction, where=where, seed=seed).document

    def predict(
        self,
        creative: NewCreative,
        picture: bytes | None,
        progress: Progress,
        *,
        advertiser_id: str = "",
        placement: str = "",
    ) -> dict[str, Any]:
        """Document of ``forecast creative``. Raises ConfigRejected without a bundle, and as ``predict_creative``."""
        bundle = self._places.bundle()
        if bundle is None:
            raise ConfigRejected(
                "no model is deployed that could look at a creative",
                where="ADPLAT_FORECAST_BUNDLE",
                hint="train and deploy one, or name its folder",
            )
        loaded = self._ready(progress)
        places = loaded.sources.sample.texts["placement"].values
        if placement and placement not in places:
            raise ConfigRejected(
                f"nothing was ever asked for placement {placement!r}",
                where="placement",
                hint=f"use one of: {', '.join(sorted(places)[:12])}",
            )
        with TemporaryDirectory(prefix="adplat-creative-") as made:
            if picture is not None:
                (Path(made) / _PICTURE).write_bytes(picture)
            return predict_creative(
                loaded.sources.folder,
                replace(creative, image_path="" if picture is None else _PICTURE),
                bundle,
                image_folder=Path(made),
                cache_dir=self._places.cache_dir,
                progress=progress,
                advertiser_id=advertiser_id,
                placement=placement,
            )

    def owner_of(self, creative_id: str, progress: Progress) -> str | None:
        """The advertiser of a creative of the catalogue; ``None`` for one that is not there."""
        return self._ready(progress).owners.get(creative_id)

    def campaigns(self, progress: Progress) -> frozenset[str]:
        """Ids of the catalogue beside the lake."""
        return self._ready(progress).campaigns

    def _checked(self, bundle: Path, loaded: _Loaded, as_of: datetime, progress: Progress) -> CheckedModel | None:
        """The bundle as the log bears it out: once for each bundle and load, for it takes many seconds."""
        with self._checking:
            known = self._model
            if known is None or known[0] != bundle or known[1].catalogue is not loaded.catalogue:
                kept = KeptBundle.open(bundle)
                moment = known_by(kept.manifest, as_of)
                model = CheckedModel.learn(loaded.sources.folder, kept, moment, self._places.cache_dir, progress)
                self._model = known = (bundle, loaded, model)
            return known[2]

    def _ready(self, progress: Progress) -> _Loaded:
        loaded = self._loaded
        if loaded is None:
            self.look(progress)
            loaded = self._loaded
        if loaded is None:
            raise RuntimeError("nothing was loaded")
        return loaded

    def _look_at_prices(self) -> bool:
        loaded = self._loaded
        if loaded is None or not self._prices.has_moved():
            return False
        self._prices.look()
        prices = read_learned_prices(loaded.sources.folder)
        self._loaded = replace(loaded, sources=replace(loaded.sources, learned_prices=prices))
        self._loads += 1
        return True

    def _load(self, progress: Progress, *, as_kept: bool) -> None:
        self._is_whole = False
        self._places.before_load()
        # Looked at before they are read: a write in between is then seen at the next look.
        for file in (*self._watched, self._prices):
            file.look()
        sources = campaign_sources(self._places.folder, progress, as_kept=as_kept)
        # What was made just now is our own; it need not be loaded once more.
        for file in self._watched[:2]:
            file.look()
        catalogue = catalogue_of_creatives(sources.folder)
        as_of = moment_after(sources.sample)
        past = read_response_past(require_lake(sources.folder), as_of)
        owners = {name: owner or "" for name, owner in catalogue.select("creative_id", "advertiser_id").iter_rows()}
        self._loaded = _Loaded(
            sources=sources,
            catalogue=catalogue,
            owners=owners,
            campaigns=campaigns_of_catalogue(sources.folder),
            past=past,
            word=None if past is None else HistoryWord(past, catalogue),
            correction=read_correction(_if_there(self._places.correction)),
        )
        self._is_whole = True
        self._loads += 1


def _if_there(path: Path | None) -> Path | None:
    return path if path is not None and path.is_file() else None


def _by_history(loaded: _Loaded, plan: CampaignPlan, openings: pl.DataFrame, as_of: datetime) -> PlanResponse | Refused:
    if loaded.past is None or loaded.word is None:
        return nothing_clicked(as_of)
    return responses_by_history(loaded.past, loaded.catalogue, loaded.word, plan, openings, as_of)
