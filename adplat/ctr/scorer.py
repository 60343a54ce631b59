"""The served model: ONNX Runtime over a bundle, one thread, no Python loop over candidates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from adplat.ctr.bundle import Manifest, read_manifest, verify_bundle
from adplat.ctr.content_prior import CONTENT_PRIOR, ContentPrior
from adplat.ctr.examples import Float32, Int32, item_inputs, of_one_user, take_rows, user_inputs
from adplat.ctr.familiarity import FAMILIARITY, Familiarity, pair_features
from adplat.ctr.graphs import Arrays, Graphs
from adplat.ctr.item_record import ItemRecord
from adplat.ctr.joint_record import JOINT_RECORD, JointItems, JointRecord
from adplat.ctr.served_trees import TreeGraphs, open_model
from adplat.domain import BundleRejected, SchemaMismatch
from adplat.features import FeatureEncoding, ItemBlock, RowArrays

Float64 = npt.NDArray[np.float64]
_BATCH = 4096


@dataclass(frozen=True)
class Scores:
    """Calibrated probabilities of ``N`` rows; ``p_cvr`` (given a click) only where the bundle has that head."""

    p_ctr: Float64
    p_cvr: Float64 | None


@dataclass(frozen=True)
class PreparedItems:
    """The item side of one catalogue, computed once: what every request reads and none changes.

    ``parts`` are the item graph's outputs and ``record`` (M + 1, ·) what the kept past says of each row of ``block``.
    """

    block: ItemBlock
    parts: Arrays
    record: Float32
    joint: JointItems | None = None


class Scorer:
    """One loaded bundle. Safe to share between threads: nothing it keeps changes an answer.

    Example::

        scorer = Scorer.load(bundle)
        items = scorer.prepare_items(block)         # once per catalogue
        rows = scorer.encoding.candidate_rows(user, context, block, candidates)
        scores = scorer.score(rows, items)          # the user once, then a small graph for each candidate
    """

    def __init__(
        self,
        manifest: Manifest,
        encoding: FeatureEncoding,
        record: ItemRecord,
        pairs: Familiarity,
        prior: ContentPrior,
        graphs: Graphs | TreeGraphs,
        joint: JointRecord | None = None,
    ) -> None:
        self.bundle_id = manifest.bundle_id
        self.encoding = encoding
        self.record, self.pairs = record, pairs
        self.has_cvr = manifest.shape.heads == 2
        self.prior, self.joint = prior, joint
        self._manifest = manifest
        self._shape = manifest.shape
        self._graphs = graphs
        self._prepared: tuple[PreparedItems, ...] = ()

    @classmethod
    def load(cls, bundle_dir: Path, threads: int = 1) -> Scorer:
        """Check every byte, then open. Raises MissingInput or BundleRejected."""
        verify_bundle(bundle_dir)
        manifest = read_manifest(bundle_dir)
        if manifest.kind == "contrast":
            raise BundleRejected(
                "a bundle of contrasts scores tables alone", where=str(bundle_dir), hint="use 'adplat score'"
            )
        encoding = FeatureEncoding.load(bundle_dir)
        record = ItemRecord.load(bundle_dir / "record.safetensors")
        pairs = Familiarity.load(bundle_dir / FAMILIARITY)
        prior = ContentPrior.load(bundle_dir / CONTENT_PRIOR)
        known = bundle_dir / JOINT_RECORD
        joint = JointRecord.load(known) if known.is_file() else None
        return cls(manifest, encoding, record, pairs, prior, open_model(bundle_dir, manifest, threads), joint)

    def prepare_items(self, items: ItemBlock) -> PreparedItems:
        """The item side of a catalogue. The last two are remembered, so a swap of catalogues recomputes nothing.

        Raises SchemaMismatch where the block is of another width than the bundle was trained on.
        """
        for known in self._prepared:
            if known.block is items:
                return known
        self._refuse_other_items(items)
        record = self.record.features(items.hashes, self.prior.centres(items))[
            :, : self._shape.record - self._shape.pair
        ]
        joint = None if self.joint is None else self.joint.of_items(items)
        prepared = PreparedItems(items, self._graphs.items(item_inputs(items, slice(None))), record, joint)
        self._prepared = (prepared, *self._prepared[:1])
        return prepared

    def score(self, rows: RowArrays, items: ItemBlock | PreparedItems) -> Scores:
        """Score ``N`` rows whose ``item`` and ``history`` point into ``items``.

        Rows that differ in nothing but their item are the candidates of one request: their user is computed once.
        Raises SchemaMismatch where the arrays are of another width than the bundle was trained on.
        """
        prepared = items if isinstance(items, PreparedItems) else self.prepare_items(items)
        self._refuse_other_rows(rows)
        if of_one_user(rows):
            return self._scores([self._candidates(take_rows(rows, slice(0, 1)), rows.item, prepared)])
        batches = (slice(start, start + _BATCH) for start in range(0, len(rows), _BATCH))
        return self._scores([self._rows(take_rows(rows, batch), prepared) for batch in batches])

    def score_tiled(self, rows: RowArrays, items: ItemBlock) -> Scores:
        """The same scores with nothing shared: user and items anew for every row. What ``score`` is compared with."""
        count, wanted = len(rows), np.concatenate([rows.item, rows.history.reshape(-1)])
        parts = self._graphs.items(item_inputs(items, wanted.astype(np.int64)))
        places = np.arange(len(wanted), dtype=np.int32)
        history = np.where(rows.history > 0, places[count:].reshape(rows.history.shape), np.int32(0))
        users = self._graphs.users(user_inputs(rows) | {"history": history}, parts)
        record = self._record_of(rows, rows.item, self.prepare_items(items))
        return self._scores([self._graphs.cross(parts, users, {"row_item": places[:count], "row_record": record})])

    def knows(self, hashes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which items (by hash) were among the training rows."""
        return np.isin(hashes, self.record.hashes)

    def record_of(self, rows: RowArrays, items: ItemBlock) -> Float32:
        """(N, R): what the kept past says of the rows' items and pairs."""
        return self._record_of(rows, rows.item, self.prepare_items(items))

    def unknown_record(self, items: ItemBlock) -> Float32:
        """(1, R): the same of an item never seen, met by nobody."""
        own = self._shape.record - self._shape.pair
        record = self.prepare_items(items).record[:1] if self.joint is None else np.zeros((1, own), np.float32)
        return np.concatenate([record, np.zeros((1, self._shape.pair), np.float32)], axis=1)

    def with_record(
        self, record: ItemRecord, pairs: Familiarity | None = None, joint: JointRecord | None = None
    ) -> Scorer:
        """The same model with another past of the items and, where given, of who met what and of the users."""
        pairs = self.pairs if pairs is None else pairs
        joint = self.joint if joint is None else joint
        return Scorer(self._manifest, self.encoding, record, pairs, self.prior, self._graphs, joint)

    def with_graphs(self, graphs: Graphs | TreeGraphs) -> Scorer:
        """The same past and encoding before other graphs of the same inputs."""
        return Scorer(self._manifest, self.encoding, self.record, self.pairs, self.prior, graphs, self.joint)

    def _candidates(self, user: RowArrays, item: Int32, prepared: PreparedItems) -> Float32:
        """One user, many items: (N, H)."""
        users = self._graphs.users(user_inputs(user), prepared.parts)
        record = self._record_of(user, item, prepared)
        return self._graphs.cross(prepared.parts, users, {"row_item": item, "row_record": record})

    def _rows(self, rows: RowArrays, prepared: PreparedItems) -> Float32:
        """Each row with a user of its own: (N, H)."""
        users = self._graphs.users(user_inputs(rows), prepared.parts)
        record = self._record_of(rows, rows.item, prepared)
        return self._graphs.cross(prepared.parts, users, {"row_item": rows.item, "row_record": record})

    def _record_of(self, users: RowArrays, item: Int32, prepared: PreparedItems) -> Float32:
        """(N, R): the item's record, then the pair's. ``users`` has N rows, or one for all."""
        if self.joint is not None and prepared.joint is not None:
            record = self.joint.of_rows(prepared.joint, users, item)
        else:
            record = prepared.record[item]
        if not self._shape.pair:
            return record
        met = pair_features(self._shape, self.pairs, users, prepared.block.hashes[item])
        return np.concatenate([record, met], axis=1) if record.shape[1] else met

    def _scores(self, parts: list[Float32]) -> Scores:
        found = np.concatenate(parts).astype(np.float64) if parts else np.zeros((0, self._shape.heads))
        return Scores(found[:, 0], found[:, 1] if self.has_cvr else None)

    def _refuse_other_items(self, items: ItemBlock) -> None:
        shape = self._shape
        self._refuse(
            (
                items.categorical.shape[1],
                items.bags.shape[1],
                items.numeric.shape[1],
                items.image.shape[1],
                items.text.shape[1],
            ),
            (len(shape.item_categorical), len(shape.item_bags), shape.item_numeric, shape.image, shape.text),
        )

    def _refuse_other_rows(self, rows: RowArrays) -> None:
        shape = self._shape
        self._refuse(
            tuple(array.shape[1] for array in (rows.categorical, rows.bags, rows.numeric, rows.history)),
            (len(shape.row_categorical), len(shape.row_bags), shape.row_numeric, shape.sequences),
        )

    def _refuse(self, given: tuple[int, ...], expected: tuple[int, ...]) -> None:
        if given != expected:
            raise SchemaMismatch(
                f"arrays of widths {given} do not fit a bundle of widths {expected}",
                where=self.bundle_id[:20],
                hint="encode with the bundle's own encoding",
            )
