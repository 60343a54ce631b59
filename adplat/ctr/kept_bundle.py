"""A bundle opened to score tables: the scorer, the kept items and the past of the training rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.ctr.bundle import Manifest, read_manifest
from adplat.ctr.delay_config import DelayConfig
from adplat.ctr.delay_model import DELAYS, DelayModel
from adplat.ctr.delayed_rows import pairs_later
from adplat.ctr.examples import Examples
from adplat.ctr.head_calibration import HeadCalibration, read_calibration
from adplat.ctr.prepare import labels_of
from adplat.ctr.scorer import Scorer, Scores
from adplat.domain import FeatureSchema, Progress
from adplat.features import Histories, ItemBlock, RowArrays, load_items

Float64 = npt.NDArray[np.float64]
SCORED = ("p_ctr", "p_cvr")


@dataclass(frozen=True)
class KeptBundle:
    """Everything of a bundle that scoring a table needs."""

    folder: Path
    manifest: Manifest
    scorer: Scorer
    items: ItemBlock
    histories: Histories
    calibration: Mapping[str, HeadCalibration]
    delays: DelayModel | None = None

    @classmethod
    def open(cls, bundle_dir: Path, threads: int = 1) -> KeptBundle:
        """Check every byte and load. Raises MissingInput or BundleRejected."""
        scorer = Scorer.load(bundle_dir, threads)
        schema = scorer.encoding.schema
        return cls(
            folder=bundle_dir,
            manifest=read_manifest(bundle_dir),
            scorer=scorer,
            items=load_items(bundle_dir),
            histories=Histories.load(bundle_dir / "history.parquet", schema),
            calibration=read_calibration(bundle_dir),
            delays=DelayModel.load(bundle_dir / DELAYS) if (bundle_dir / DELAYS).is_file() else None,
        )

    @property
    def schema(self) -> FeatureSchema:
        """What the bundle reads."""
        return self.scorer.encoding.schema

    def items_for(
        self,
        rows: pl.DataFrame,
        tables: Mapping[str, pl.DataFrame],
        root: Path,
        cache_dir: Path,
        progress: Progress,
    ) -> ItemBlock:
        """The given items over the kept ones."""
        return self.scorer.encoding.items_for(rows, tables, root, self.items, cache_dir, progress)

    def conversions(self, rows: pl.DataFrame, items: ItemBlock, arrays: RowArrays) -> tuple[Float64, Float64] | None:
        """(label, weight) (N,) of each row's conversion, as far as it can be known (``ConversionTargets.pairs``).

        None where the bundle has learned nothing of how late conversions come: labels as seen would prove nothing.
        """
        outcome = self.schema.outcome("conversion")
        if self.delays is None or outcome is None or outcome.column not in rows.columns:
            return None
        examples = Examples(items, arrays, np.zeros((len(rows), 0), np.float32), labels_of(self.schema, rows))
        told = msgspec.convert(self.manifest.config["delayed"], DelayConfig)
        return pairs_later(self.delays, self.scorer.encoding, told, rows, examples)

    def score(self, rows: pl.DataFrame, tables: Mapping[str, pl.DataFrame], items: ItemBlock) -> Scores:
        """Score rows in their order. Outcome columns are neither needed nor read."""
        return self.scorer.score(self.scorer.encoding.row_arrays(rows, tables, items, self.histories), items)


def score_frame(
    kept: KeptBundle, rows: pl.DataFrame, tables: Mapping[str, pl.DataFrame], items: ItemBlock
) -> pl.DataFrame:
    """Columns p_ctr and p_cvr (null without that head), one row for each of ``rows``, in their order."""
    scores = kept.score(rows, tables, items)
    conversions = np.full(len(rows), np.nan) if scores.p_cvr is None else scores.p_cvr
    return pl.DataFrame({"p_ctr": scores.p_ctr, "p_cvr": pl.Series(conversions, dtype=pl.Float64).fill_nan(None)})
