"""A bundle's calibration brought up to date by fresh rows: a new bundle with the same network, in seconds.

The network ages slowly, the level of a market within hours. Only what the graphs keep apart for this is rewritten:
the level of the click head, by following it through the hours since the bundle was made, and the offsets of
its calibrated fields. Everything else is copied byte for byte. Of fresh clicks most have not converted *yet*: the
level of the conversion head moves only where the bundle knows how long conversions take, and as far as those counted
prove it (``late_calibration``).
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import expit, logit

from adplat.ctr.bundle import MANIFEST, write_bundle, write_json
from adplat.ctr.calibrated_head import ITEM_TABLE, LEVELS, ROW_TABLE, level_vector, side_table
from adplat.ctr.examples import take_rows
from adplat.ctr.field_places import Cells
from adplat.ctr.graphs import CROSS_GRAPH, ITEM_GRAPH, USER_GRAPH
from adplat.ctr.head_calibration import HeadCalibration
from adplat.ctr.kept_bundle import KeptBundle
from adplat.ctr.late_calibration import levelled
from adplat.ctr.prepare import HEADS, labels_of, times_of
from adplat.ctr.refresh import moved_by, refresh_of
from adplat.ctr.served_trees import open_model
from adplat.data import Tables
from adplat.domain import BundleRejected, Clock, InternalFault, ModelBundle, Progress, SystemClock, TableRejected

Float64 = npt.NDArray[np.float64]
HOUR_S = 3600
_TOLERANCE = 1e-5
_CHECKED_ROWS = 500


@dataclass(frozen=True)
class Recalibrated:
    """The new bundle and what made it differ: ``level_shift`` of the click logit, by field the furthest move.

    ``conversion_shift`` is that of the conversion head; None where it was left alone.
    """

    bundle: ModelBundle
    recalibrated_from: str
    rows: int
    clicks: int
    level_shift: float
    field_moves: dict[str, float]
    conversion_shift: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The one document of ``adplat recalibrate --json``."""
        return {
            "bundle": self.bundle.path,
            "bundle_id": self.bundle.bundle_id,
            "recalibrated_from": self.recalibrated_from,
            "rows": self.rows,
            "clicks": self.clicks,
            "level_shift": self.level_shift,
            "field_moves": self.field_moves,
            "conversion_shift": self.conversion_shift,
        }


def recalibrate(
    kept: KeptBundle,
    bundle_dir: Path,
    tables: Tables,
    out_dir: Path,
    cache_dir: Path,
    progress: Progress,
    clock: Clock | None = None,
) -> Recalibrated:
    """Write a bundle under ``out_dir`` that differs from ``bundle_dir`` in its click calibration alone.

    Read are the rows of ``tables`` that are later than everything the bundle's past knows: only those show what it
    promises before it has seen the answer.

    Raises:
        TableRejected: no such rows, or none without and with a click. ConfigRejected: a schema without time.
        BundleRejected: a bundle of an older version, whose graphs keep no level apart.
    """
    rows, past_until = _fresh_rows(kept, tables)
    items = kept.items_for(rows, tables.tables, tables.root, cache_dir, progress)
    arrays = kept.scorer.encoding.row_arrays(rows, tables.tables, items, kept.histories)
    progress(0, 1, "scoring fresh rows")
    scored = kept.scorer.score(arrays, items)
    chances = scored.p_ctr
    progress(1, 1, "scoring fresh rows")
    heads = kept.calibration
    head, times = heads[HEADS[0]], times_of(kept.schema, rows)
    places = tuple(field.place for field in head.fields)
    cells = Cells.of(places, kept.manifest.shape, items, arrays)
    labels = labels_of(kept.schema, rows)[:, 0].astype(np.float64)
    served: Float64 = logit(chances)
    refresh = refresh_of(served, labels, cells, times // HOUR_S)
    told = dict(heads) | {HEADS[0]: refresh.applied_to(head)}
    conversion = _conversion_shift(scored.p_cvr, labels, kept.conversions(rows, items, arrays))
    if conversion is not None:
        told[HEADS[1]] = heads[HEADS[1]].moved(conversion)
    change: dict[str, str | int | float | None] = {
        "recalibrated_from": kept.manifest.bundle_id,
        "past_until_s": past_until,
        "until_s": int(times[-1]),
        "recalibrated_rows": rows.height,
    }
    wanted = expit(served + refresh.shift + moved_by(refresh.moves, cells))[:_CHECKED_ROWS]

    def fill(folder: Path) -> None:
        _copy_with(folder, bundle_dir, told)
        made = kept.scorer.with_graphs(open_model(folder, kept.manifest, threads=1))
        found = made.score(take_rows(arrays, slice(0, _CHECKED_ROWS)), items).p_ctr
        difference = float(np.abs(found - wanted).max())
        if not difference <= _TOLERANCE:
            raise InternalFault(f"the recalibrated graphs differ by {difference:.1e}", hint="report this")

    bundle = write_bundle(
        out_dir,
        fill,
        created=(clock or SystemClock()).now(),
        schema_digest=kept.manifest.schema_digest,
        shape=kept.manifest.shape,
        config=kept.manifest.config,
        data=kept.manifest.data | change,
    )
    furthest = {place.name: float(np.abs(move).max()) for place, move in zip(places, refresh.moves, strict=True)}
    clicks = int(labels.sum())
    return Recalibrated(bundle, kept.manifest.bundle_id, rows.height, clicks, refresh.shift, furthest, conversion)


def _conversion_shift(p_cvr: Float64 | None, clicked: Float64, pairs: tuple[Float64, Float64] | None) -> float | None:
    """How far the conversion logit moves by the clicked rows' (label, weight); None where nothing is known of them."""
    if p_cvr is None or pairs is None:
        return None
    of_click = clicked > 0
    label, weight = (part[of_click] for part in pairs)
    return levelled(logit(p_cvr[of_click]), label, weight).logit_map.at_first


def _fresh_rows(kept: KeptBundle, tables: Tables) -> tuple[pl.DataFrame, int]:
    """Rows later than the bundle's past in time order, and when that past ends."""
    schema, data = kept.schema, kept.manifest.data
    known = data.get("past_until_s", data.get("until_s"))
    if not schema.time or not isinstance(known, int):
        raise TableRejected(
            "rows without a time do not tell which are fresh", where=schema.name, hint="name the schema's time column"
        )
    parts = [part for part in (tables.rows, tables.valid) if part is not None]
    rows = pl.concat(parts, how="diagonal_relaxed").sort(schema.time)
    rows = rows.filter(pl.Series(times_of(schema, rows) > known))
    clicks = int(labels_of(schema, rows)[:, 0].sum())
    if not 0 < clicks < rows.height:
        raise TableRejected(
            f"{clicks} clicks in {rows.height} rows later than the bundle's own past",
            where=str(tables.root),
            hint="give rows of both outcomes from after the bundle was trained",
        )
    return rows, known


def _copy_with(folder: Path, parent: Path, heads: Mapping[str, HeadCalibration]) -> None:
    for path in parent.iterdir():
        if path.name != MANIFEST:
            shutil.copyfile(path, folder / path.name)
    write_json(folder / "calibration.json", {name: head.to_json() for name, head in heads.items()})
    if not (folder / CROSS_GRAPH).is_file():
        return  # trees read calibration.json itself
    told = list(heads.values())
    _overwrite(folder / CROSS_GRAPH, LEVELS, level_vector(told))
    for graph, name, table in (
        (ITEM_GRAPH, ITEM_TABLE, side_table("item", told)),
        (USER_GRAPH, ROW_TABLE, side_table("row", told)),
    ):
        if table.size:
            _overwrite(folder / graph, name, table)


def _overwrite(path: Path, name: str, values: npt.NDArray[np.float32]) -> None:
    """Put other values into a named tensor of a graph. Raises BundleRejected where there is none of that shape."""
    import onnx

    graph = onnx.load(path)
    for tensor in graph.graph.initializer:
        if tensor.name == name and tuple(tensor.dims) == values.shape:
            tensor.CopyFrom(onnx.numpy_helper.from_array(values, name))
            break
    else:
        raise BundleRejected(f"{path.name} keeps no {name}", where=path.name, hint="train again with this version")
    onnx.save(graph, path)
