"""Tables to bundle: encode, fit, calibrate, judge beside the baselines, perhaps refit, seal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl

from adplat.ctr import baselines
from adplat.ctr.as_seen import as_seen
from adplat.ctr.bundle import write_bundle, write_json
from adplat.ctr.checkpoint import Checkpoints
from adplat.ctr.committee import (
    Float64,
    Trained,
    anchor,
    calibrate,
    cells_of,
    cross_fitted_chances,
    half_of,
    identity_calibration,
)
from adplat.ctr.config import TrainConfig
from adplat.ctr.content_prior import CONTENT_PRIOR
from adplat.ctr.contrast import refuse_counts, train_contrast
from adplat.ctr.delay_model import DELAYS
from adplat.ctr.examples import Examples, Inputs, assemble, part_of, take_rows
from adplat.ctr.familiarity import FAMILIARITY
from adplat.ctr.field_places import field_places
from adplat.ctr.fingerprint import fingerprint
from adplat.ctr.fit import refuse_one_class
from adplat.ctr.fit_task import NetworkFit, fit_alone, refuse_sharing
from adplat.ctr.head_calibration import HeadCalibration
from adplat.ctr.int8_tables import int8_figures
from adplat.ctr.joint_record import JOINT_RECORD
from adplat.ctr.model_card import model_card
from adplat.ctr.models import Model, epochs_of, fit_model, logits_of, tree_baseline, write_model
from adplat.ctr.prepare import Past, Prepared, prepare, times_of, whole_past
from adplat.ctr.quality import calibration_change, curve_of, report
from adplat.ctr.streamed import encoded_rows, past_with_later, refuse_past
from adplat.data import Tables
from adplat.domain import Clock, FeatureSchema, ModelBundle, Progress, SystemClock
from adplat.features import EncodingProblem, Layout, save_items


@dataclass(frozen=True)
class TrainingOutcome:
    """The bundle, its figures on the later rows, and those of each baseline by name.

    ``unreadable`` are the images and texts that gave no vector; the bundle's items keep them too.
    """

    bundle: ModelBundle
    metrics: dict[str, Any]
    baselines: dict[str, dict[str, Any]]
    unreadable: tuple[EncodingProblem, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The one document of ``adplat train --json``."""
        return {
            "bundle": self.bundle.path,
            "bundle_id": self.bundle.bundle_id,
            "metrics": self.metrics,
            "baselines": self.baselines,
            "unreadable": [asdict(problem) for problem in self.unreadable],
        }


def silent(done: int, total: int, what: str) -> None:
    """The progress of a caller that does not listen."""


def train_bundle(
    config: TrainConfig,
    schema: FeatureSchema,
    tables: Tables,
    out_dir: Path,
    cache_dir: Path,
    progress: Progress = silent,
    clock: Clock | None = None,
    checkpoints: Path | None = None,
    network_fit: NetworkFit = fit_alone,
) -> TrainingOutcome:
    """Train on ``tables.rows``, stop and calibrate on ``tables.valid``, write a bundle under ``out_dir``.

    All figures are those of the network fitted on the earlier rows alone, also where ``refit`` then trains
    the written network on all rows. Without held-out rows there are no figures and no calibration. With a
    folder of ``checkpoints`` a killed run goes on where it stood. ``network_fit`` trains every network of the run.

    Raises:
        MissingInput, TableRejected: tables that cannot be trained on.
        ConfigRejected: a checkpoint of another run; what only one process can train, where others were asked to.
    """
    refuse_counts(config, schema)
    if network_fit is not fit_alone:
        refuse_sharing(config, checkpoints)
    if config.model.kind == "contrast":
        return TrainingOutcome(*train_contrast(config, schema, tables, out_dir, cache_dir, progress, clock), {})
    if tables.stream is None:
        tables = as_seen(schema, config.delayed, tables)
    else:
        refuse_past(schema, config)
    field_places(Layout(schema), config.calibration.fields, "calibration.fields")
    with encoded_rows(schema, config, tables, cache_dir, progress) as prepared:
        return _train(config, schema, tables, prepared, out_dir, cache_dir, progress, clock, checkpoints, network_fit)


def _train(
    config: TrainConfig,
    schema: FeatureSchema,
    tables: Tables,
    prepared: Prepared,
    out_dir: Path,
    cache_dir: Path,
    progress: Progress,
    clock: Clock | None,
    checkpoints: Path | None,
    network_fit: NetworkFit,
) -> TrainingOutcome:
    rows, later, side = tables.rows, tables.valid, tables.tables
    refuse_one_class(prepared.train)
    kept = Checkpoints(checkpoints) if checkpoints else None
    trained = fit_model(config, prepared.shape, prepared.train, prepared.later, progress, (), kept, network_fit)
    maps = identity_calibration(prepared.shape.heads)
    metrics: dict[str, Any] = {}
    rivals: dict[str, dict[str, Any]] = {}
    if prepared.later is not None and later is not None:
        logits = logits_of(trained, prepared.later)
        cells, late = cells_of(config, prepared, prepared.later), prepared.later.conversion
        maps = calibrate(logits, prepared.later.labels, cells, config.calibration, config.seed, late)
        judge = _Judge(config, schema, later, side, prepared)
        metrics = judge.figures(logits[:, 0]) | {"curves": judge.curves(logits[:, 0])}
        if config.export.tables == "int8" and isinstance(trained, Trained):
            metrics["int8_tables"] = int8_figures(trained.committee, logits[:, 0], prepared.later)
        for name in config.baselines:
            progress(0, 1, f"baseline {name}")
            rivals[name] = judge.figures(_baseline_logits(name, config, prepared, progress, kept, network_fit))
            progress(1, 1, f"baseline {name}")
    streamed = tables.stream is not None
    past = past_with_later(schema, prepared, later) if streamed else whole_past(schema, prepared, rows, later)
    if config.training.refit and later is not None and prepared.later is not None:
        before = cells_of(config, prepared, prepared.later)
        every = pl.concat([rows, later], how="diagonal_relaxed")
        prepared = prepare(schema, config, every, None, side, tables.root, cache_dir, progress)
        anew = kept.named("refit") if kept else None
        trained = fit_model(
            config, prepared.shape, prepared.train, None, progress, epochs_of(trained), anew, network_fit
        )
        latest = part_of(prepared.train, slice(rows.height, None))
        after = cells_of(config, prepared, latest)
        maps = anchor(maps, logits_of(trained, latest), latest.labels, before, after, latest.conversion)
        past = prepared.past
    told = {**metrics, "epochs": list(epochs_of(trained))}
    bundle = write_bundle(
        out_dir,
        lambda folder: _fill(folder, config, schema, prepared, trained, maps, past, told, rivals),
        created=(clock or SystemClock()).now(),
        schema_digest=schema.digest(),
        shape=prepared.shape,
        config=msgspec.to_builtins(config),
        data=_provenance(schema, config, tables),
    )
    return TrainingOutcome(bundle, told, rivals, prepared.train.items.encoding_report)


@dataclass(frozen=True)
class _Judge:
    """The same later rows, calibration and measures for the model and every baseline."""

    config: TrainConfig
    schema: FeatureSchema
    rows: pl.DataFrame
    tables: Mapping[str, pl.DataFrame]
    prepared: Prepared

    def figures(self, logits: Float64) -> dict[str, Any]:
        later = self.prepared.later
        if later is None:
            return {}
        labels, chances = self._calibrated(later, logits)
        shown = np.isin(later.items.hashes[later.rows.item], self.prepared.past.record.hashes)
        # Two halves with two maps do not share one order; the logits do.
        told = report(self.schema, self.rows, self.tables, labels, chances, ~shown, self.config.slices, logits)
        change = calibration_change(logits, labels, chances, half_of(len(labels), self.config.seed))
        return {**told["overall"], "slices": told["slices"], "calibration": change}

    def curves(self, logits: Float64) -> dict[str, list[dict[str, float]]]:
        """The reliability curve, so that the bundle can show it wherever its rows are no more."""
        later = self.prepared.later
        if later is None:
            return {}
        labels, chances = self._calibrated(later, logits)
        return {"pCTR": curve_of(labels, chances)} if labels.any() else {}

    def _calibrated(self, later: Examples, logits: Float64) -> tuple[Float64, Float64]:
        labels = later.labels[:, 0].astype(np.float64)
        cells = cells_of(self.config, self.prepared, later)
        return labels, cross_fitted_chances(logits, labels, self.config.calibration, self.config.seed, cells)


def _baseline_logits(
    name: str,
    config: TrainConfig,
    prepared: Prepared,
    progress: Progress,
    kept: Checkpoints | None,
    network_fit: NetworkFit,
) -> Float64:
    train, later = prepared.train, prepared.later
    if later is None:
        return np.zeros(0)
    if name == "lightgbm":
        return logits_of(tree_baseline(config, prepared.shape, train, later, progress), later)[:, 0]
    train, later = (baselines.without_content_examples(part) for part in (train, later))
    mine = kept.named(name) if kept else None
    trained = fit_model(config, prepared.shape.without_content(), train, later, progress, (), mine, network_fit)
    return logits_of(trained, later)[:, 0]


def _fill(
    folder: Path,
    config: TrainConfig,
    schema: FeatureSchema,
    prepared: Prepared,
    trained: Model,
    maps: dict[str, HeadCalibration],
    past: Past,
    metrics: dict[str, Any],
    rivals: dict[str, dict[str, Any]],
) -> None:
    write_model(folder, config, trained, maps, prepared.shape, _example(prepared.train))
    write_json(folder / "calibration.json", {name: logit_map.to_json() for name, logit_map in maps.items()})
    prepared.encoding.save(folder)
    save_items(prepared.train.items, folder)
    prepared.prior.save(folder / CONTENT_PRIOR)
    past.histories.save(folder / "history.parquet")
    past.record.save(folder / "record.safetensors")
    past.pairs.save(folder / FAMILIARITY)
    if prepared.delays is not None:
        prepared.delays.save(folder / DELAYS)
    if past.joint is not None:
        past.joint.save(folder / JOINT_RECORD)
    write_json(folder / "metrics.json", metrics | {"baselines": rivals})
    card = model_card(config, schema, prepared, metrics, rivals)
    (folder / "model_card.md").write_text(card, encoding="utf-8")


def _example(train: Examples) -> Inputs:
    """Inputs with two or more rows and items to trace with."""
    index = np.arange(5) % len(train)
    part = take_rows(train.rows, index)
    # Rows beyond the first ones may all be of one item: two more items keep that axis from looking fixed.
    part = replace(part, item=np.arange(5, dtype=np.int32) % np.int32(len(train.items.hashes)))
    return assemble(train.items, part, train.record[index])


def _provenance(schema: FeatureSchema, config: TrainConfig, tables: Tables) -> dict[str, str | int | float | None]:
    """What made the bundle. ``fitted_until_s`` is the last moment the network itself was fitted on."""
    train = tables.stream.batches() if tables.stream else [tables.rows]
    held_out = [] if tables.valid is None else [tables.valid]
    parts = [_span(schema, frames) for frames in (train, held_out) if frames and schema.time]
    until = max((span[1] for span in parts), default=None)
    fitted = parts[0][1] if parts and not config.training.refit else until
    return {
        "rows": tables.stream.height if tables.stream else tables.rows.height,
        "later_rows": tables.valid.height if tables.valid is not None else 0,
        "since_s": min((span[0] for span in parts), default=None),
        "fitted_until_s": fitted,
        "until_s": until,
        "fingerprint": fingerprint(schema, tables),
    }


def _span(schema: FeatureSchema, frames: Iterable[pl.DataFrame]) -> tuple[int, int]:
    """First and last unix second of the rows."""
    spans = [(int(times.min()), int(times.max())) for times in (times_of(schema, frame) for frame in frames)]
    return min(span[0] for span in spans), max(span[1] for span in spans)
