"""The served model: ONNX Runtime over a bundle, one thread, no Python loop over candidates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from adplat.ctr.bundle import Manifest, read_manifest, verify_bundle
from adplat.ctr.content_prior import CONTENT_PRIOR, ContentPrior
from adplat.ctr.examples import Float32, assemble, take_rows
from adplat.ctr.item_record import ItemRecord
from adplat.domain import SchemaMismatch
from adplat.features import FeatureEncoding, ItemBlock, RowArrays

Float64 = npt.NDArray[np.float64]
_BATCH = 8192


@dataclass(frozen=True)
class Scores:
    """Calibrated probabilities of ``N`` rows; ``p_cvr`` (given a click) only where the bundle has that head."""

    p_ctr: Float64
    p_cvr: Float64 | None


class Scorer:
    """One loaded bundle. Safe to share between threads: nothing it keeps changes an answer."""

    def __init__(
        self,
        manifest: Manifest,
        encoding: FeatureEncoding,
        record: ItemRecord,
        prior: ContentPrior,
        session: Any,
    ) -> None:
        self.bundle_id = manifest.bundle_id
        self.encoding = encoding
        self.record = record
        self.has_cvr = manifest.shape.heads == 2
        self.prior = prior
        self._manifest = manifest
        self._shape = manifest.shape
        self._session = session
        self._inputs = [entry.name for entry in session.get_inputs()]
        self._known_block: tuple[ItemBlock, Float32] | None = None

    @classmethod
    def load(cls, bundle_dir: Path, threads: int = 1) -> Scorer:
        """Check every byte, then open. Raises MissingInput or BundleRejected."""
        verify_bundle(bundle_dir)
        manifest = read_manifest(bundle_dir)
        encoding = FeatureEncoding.load(bundle_dir)
        record = ItemRecord.load(bundle_dir / "record.safetensors")
        prior = ContentPrior.load(bundle_dir / CONTENT_PRIOR)
        return cls(manifest, encoding, record, prior, open_session(bundle_dir / "scorer.onnx", threads))

    def score(self, rows: RowArrays, items: ItemBlock) -> Scores:
        """Score ``N`` rows whose ``item`` and ``history`` point into ``items``.

        Raises SchemaMismatch where the arrays are of another width than the bundle was trained on.
        """
        self._refuse_other_widths(rows, items)
        by_item = self._record_of(items)
        parts = []
        for start in range(0, len(rows), _BATCH):
            part = rows if len(rows) <= _BATCH else take_rows(rows, slice(start, start + _BATCH))
            inputs = assemble(items, part, by_item[part.item])
            parts.append(self._session.run(None, {name: inputs[name] for name in self._inputs})[0])
        found = np.concatenate(parts).astype(np.float64) if parts else np.zeros((0, self._shape.heads))
        return Scores(found[:, 0], found[:, 1] if self.has_cvr else None)

    def knows(self, hashes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which items (by hash) were among the training rows."""
        return np.isin(hashes, self.record.hashes)

    def with_record(self, record: ItemRecord) -> Scorer:
        """The same model with another past of the items."""
        return Scorer(self._manifest, self.encoding, record, self.prior, self._session)

    def _record_of(self, items: ItemBlock) -> Float32:
        """Record features of every row of the block; computed once for as long as the block stays the same."""
        known = self._known_block
        if known is None or known[0] is not items:
            record = self.record.features(items.hashes, self.prior.centres(items))
            known = (items, record[:, : self._shape.record])
            self._known_block = known
        return known[1]

    def _refuse_other_widths(self, rows: RowArrays, items: ItemBlock) -> None:
        shape = self._shape
        expected = (
            len(shape.item_categorical),
            len(shape.item_bags),
            shape.item_numeric,
            len(shape.row_categorical),
            len(shape.row_bags),
            shape.row_numeric,
            shape.sequences,
        )
        given = (
            items.categorical.shape[1],
            items.bags.shape[1],
            items.numeric.shape[1],
            rows.categorical.shape[1],
            rows.bags.shape[1],
            rows.numeric.shape[1],
            rows.history.shape[1],
        )
        if given != expected:
            raise SchemaMismatch(
                f"arrays of widths {given} do not fit a bundle of widths {expected}",
                where=self.bundle_id[:20],
                hint="encode with the bundle's own encoding",
            )


def open_session(path: Path, threads: int) -> Any:
    """An ONNX Runtime session on the CPU with this many threads and no telemetry."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
