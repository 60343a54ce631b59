"""What the past says of a row: of its item, of its user, and of that user with such items.

The eleven numbers of a row are log-odds of a ``joint_fit`` and how much they rest on. A training row's numbers come
from a fit on the other rows (five folds), so no row meets its own outcome; the fit on all training rows goes
into the bundle and answers for every later row, whose outcomes never enter. An item or a user that is new gets
what its facts and content alone say.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

from adplat.ctr.evidence_ridge import Ridge
from adplat.ctr.examples import take_rows
from adplat.ctr.fact_flags import FactFlags
from adplat.ctr.grades import Grades
from adplat.ctr.item_descriptors import ItemDescriptors
from adplat.ctr.item_record import hide_records
from adplat.ctr.joint_fit import JointFit, Sides, fit_jointly
from adplat.ctr.user_facts import UserColumns, UserFacts
from adplat.features import ItemBlock, RowArrays

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

JOINT_RECORD = "joint_record.safetensors"
# Columns: what the item says (four, in the order of ``item_record``), then what the user says.
EFFECT, ITEM_VOLUME, ITEM_SEEN, ITEM_CENTRE, LEVEL, TASTE, AFFINITY, USER_VOLUME, USER_SEEN, FACT_TASTE, LEAN = range(
    11
)
JOINT_WIDTH = 11
# Their sum is the joint fit's own log-odds: where the network's answer begins.
LOG_ODDS = (EFFECT, LEVEL, TASTE, AFFINITY, LEAN)
_FOLDS = 5


@dataclass(frozen=True)
class JointItems:
    """A block's item side, each (M + 1, ·): columns 4, what a user may weigh D, hidden affinity A, lean on facts F."""

    columns: Float64
    taste: Float64
    affinity: Float64
    lean: Float64


@dataclass(frozen=True)
class JointRecord:
    """One finished fit by item and user hash (both ascending); parts run parallel to them."""

    descriptors: ItemDescriptors
    facts: UserFacts
    ridge: Ridge
    items: Int64
    item_parts: Float64  # (I, 3 + A + F): effect, impressions, centre, affinity, lean
    users: Int64
    user_parts: Float64  # (V, 1 + D + A): impressions, own taste, affinity
    by_fact: Float64  # (F, D)

    def of_items(self, items: ItemBlock) -> JointItems:
        """The item side of a catalogue, once."""
        told = self.ridge(self.descriptors.columns(items))
        parts, known = _looked_up(self.items, self.item_parts, items.hashes)
        effect, centre = np.where(known, parts[:, 0], told), np.where(known, parts[:, 2], told)
        columns = np.column_stack([effect, np.log1p(parts[:, 1]) / 5.0, known, centre])
        columns[0] = 0.0
        affinity, lean = np.split(parts[:, 3:], [parts.shape[1] - 3 - len(self.by_fact)], axis=1)
        return JointItems(columns, self.descriptors.taste(items), affinity, lean)

    def of_rows(self, side: JointItems, rows: RowArrays, item: Int32) -> Float32:
        """(N, 11) for block rows ``item`` (N,) of ``side``; ``rows`` tells who sees them: N rows, or one for all."""
        width = side.taste.shape[1]
        parts, known = _looked_up(self.users, self.user_parts, rows.user)
        facts = self.facts.columns(rows, slice(None))
        item_taste = side.taste[item]
        by_fact = (item_taste * (facts @ self.by_fact)).sum(1)
        lean = (side.lean[item] * facts).sum(1)
        own = item_taste * parts[:, 1 : 1 + width]
        affinity = (side.affinity[item] * parts[:, 1 + width :]).sum(1)
        volume, seen = (np.broadcast_to(part, len(item)) for part in (np.log1p(parts[:, 0]) / 5.0, known))
        told = [own[:, 0], by_fact + own[:, 1:].sum(1), affinity, volume, seen, by_fact, lean]
        return np.column_stack([side.columns[item], *told]).astype(np.float32)

    def features(self, items: ItemBlock, rows: RowArrays) -> Float32:
        """``of_rows`` for rows of one block."""
        return self.of_rows(self.of_items(items), rows, rows.item)

    def save(self, path: Path) -> None:
        """Write one safetensors file."""
        arrays = {
            "flags": self.descriptors.facts.flags,
            "knots": self.descriptors.knots,
            "centre": self.descriptors.centre,
            "content": np.array([self.descriptors.content]),
            "user_flags": self.facts.flags.flags,
            "user_numeric": self.facts.numeric,
            "user_centre": self.facts.centre,
            "weights": self.ridge.weights,
            "mean": np.array([self.ridge.centre]),
            "items": self.items,
            "item_parts": self.item_parts,
            "users": self.users,
            "user_parts": self.user_parts,
            "by_fact": self.by_fact,
        }
        save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, path)

    @classmethod
    def load(cls, path: Path) -> JointRecord:
        """Read what ``save`` wrote."""
        parts = load_file(path)
        facts, user_facts = FactFlags(parts["flags"]), FactFlags(parts["user_flags"])
        return cls(
            ItemDescriptors(facts, parts["knots"], parts["centre"], bool(parts["content"][0])),
            UserFacts(user_facts, parts["user_numeric"], parts["user_centre"]),
            Ridge(parts["weights"], float(parts["mean"][0])),
            *(parts[name] for name in ("items", "item_parts", "users", "user_parts", "by_fact")),
        )


@dataclass(frozen=True)
class JointSettings:
    """``identifiers``: categorical item columns that only name the item; ``content``: read image and text."""

    identifiers: tuple[int, ...]
    people: UserColumns
    seed: int
    content: bool = True


def fit_joint_record(items: ItemBlock, rows: RowArrays, grades: Grades, settings: JointSettings) -> JointRecord:
    """Fit on rows and their outcomes (N,)."""
    shown = np.unique(rows.item[rows.item > 0]).astype(np.int64)
    descriptors = ItemDescriptors.fit(items, shown, settings.identifiers, content=settings.content)
    users, first, number = np.unique(rows.user, return_index=True, return_inverse=True)
    facts = UserFacts.fit(rows, first[users != 0], settings.people)
    user = np.where(rows.user != 0, number, -1)
    columns, taste = descriptors.columns(items), descriptors.taste(items)
    widths, told = descriptors.widths(items), facts.columns(rows, first)
    item = rows.item.astype(np.int64)
    fit = fit_jointly(Sides(item, user, columns, widths, taste, told), grades, settings.seed)
    return _kept(fit, descriptors, facts, items, shown, users, np.bincount(item, minlength=len(columns)), number)


def cross_fitted(items: ItemBlock, rows: RowArrays, grades: Grades, settings: JointSettings) -> Float32:
    """What each *training* row may know, (N, 11): a fit on the rows of the other folds."""
    fold = np.random.default_rng(settings.seed).integers(_FOLDS, size=len(rows))
    features = np.zeros((len(rows), JOINT_WIDTH), np.float32)
    for number in range(_FOLDS):
        rest, out = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        if len(rest) and len(out):
            record = fit_joint_record(items, take_rows(rows, rest), grades.take(rest), settings)
            features[out] = record.features(items, take_rows(rows, out))
    return features


def hide_items(record: Float32, hidden: npt.NDArray[np.bool_]) -> None:
    """Make the items of these rows look never shown, in place: what their facts and content say stays."""
    hide_records(record, hidden)
    if record.shape[1] == JOINT_WIDTH:
        for column in (AFFINITY, LEAN):
            record[hidden, column] = 0.0


def hide_users(record: Float32, hidden: npt.NDArray[np.bool_]) -> None:
    """Make the users of these rows look new, in place: what their facts say stays."""
    if record.shape[1] == JOINT_WIDTH:
        record[hidden, TASTE] = record[hidden, FACT_TASTE]
        for column in (LEVEL, AFFINITY, USER_VOLUME, USER_SEEN):
            record[hidden, column] = 0.0


def _kept(
    fit: JointFit,
    descriptors: ItemDescriptors,
    facts: UserFacts,
    items: ItemBlock,
    shown: Int64,
    users: Int64,
    impressions: Int64,
    number: Int64,
) -> JointRecord:
    """The fit by hash instead of by place."""
    order = shown[np.argsort(items.hashes[shown])]
    of_item = np.column_stack([fit.effect, impressions, fit.centre])
    volume = np.bincount(number, minlength=len(users))
    of_user = np.column_stack([volume, fit.tastes.own, fit.user_affinity])
    return JointRecord(
        descriptors,
        facts,
        fit.ridge,
        items.hashes[order],
        np.concatenate([of_item, fit.item_affinity, fit.lean], axis=1)[order],
        users[users != 0],
        of_user[users != 0],
        fit.tastes.by_fact,
    )


def _looked_up(known: Int64, parts: Float64, asked: Int64) -> tuple[Float64, npt.NDArray[np.bool_]]:
    """The parts of each asked hash, zeros where it is unknown, and whether it is known."""
    if not len(known):
        return np.zeros((len(asked), parts.shape[1])), np.zeros(len(asked), np.bool_)
    place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    found = (known[place] == asked) & (asked != 0)
    return np.where(found[:, None], parts[place], 0.0), found
