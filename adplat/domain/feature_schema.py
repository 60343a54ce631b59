"""FeatureSchema: what a model reads, in which order, from which table. Its digest is the contract.

The digest stands in every bundle and every packed user vector; a mismatch is refused. Reading and
writing the YAML form is the ``data`` room's work; what the features mean numerically is the
``features`` room's.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from enum import StrEnum

from adplat.domain.errors import ConfigRejected

_DECIMAL = 10


class FeatureKind(StrEnum):
    """How a column becomes numbers."""

    CATEGORICAL = "categorical"
    NUMERIC = "numeric"
    SEQUENCE = "sequence"
    TEXT = "text"
    IMAGE = "image"


class Vocabulary(StrEnum):
    """Where a categorical feature's indices come from."""

    LEARNED = "learned"
    HASHED = "hashed"


@dataclass(frozen=True, slots=True)
class Feature:
    """One named input.

    ``table`` is ``""`` for a column of the rows themselves, else the name of a side table.
    ``column`` defaults to ``name``. A ``text`` feature may join several ``columns``.
    A multi-valued categorical gives its ``separator``. A ``sequence`` holds the user's last
    ``length`` items with the given ``outcome`` strictly before the row's time.
    An ``image`` column holds paths relative to the folder of its table. A ``numeric`` feature of a text column gives
    the ``pattern`` (regular expression) whose one group is the number, e.g. the year in ``Heat (1995)``, in ``base``
    10 or 16.
    """

    name: str
    kind: FeatureKind
    table: str = ""
    columns: tuple[str, ...] = ()
    vocabulary: Vocabulary = Vocabulary.LEARNED
    min_count: int = 1
    buckets: int = 0
    separator: str = ""
    length: int = 0
    outcome: str = ""
    pattern: str = ""
    base: int = _DECIMAL

    def __post_init__(self) -> None:
        if not self.name:
            raise ConfigRejected("a feature has no name", hint="give every feature a name")
        if self.vocabulary is Vocabulary.HASHED and self.buckets < 2:
            raise ConfigRejected(
                f"hashed feature {self.name!r} needs buckets",
                where=self.name,
                hint="add 'buckets: N' with N of 2 or more",
            )
        if self.kind is FeatureKind.SEQUENCE and (self.length < 1 or not self.outcome):
            raise ConfigRejected(
                f"sequence {self.name!r} needs a length and an outcome",
                where=self.name,
                hint="add 'length: 20' and 'outcome: click'",
            )
        if self.pattern:
            self._check_pattern()
        self._check_number()
        if not self.columns and self.kind is not FeatureKind.SEQUENCE:
            object.__setattr__(self, "columns", (self.name,))

    def _check_number(self) -> None:
        if self.base not in (_DECIMAL, 16) or (self.base != _DECIMAL and not self.pattern):
            raise ConfigRejected(
                f"the base of {self.name!r} is {self.base}",
                where=self.name,
                hint="use 10, or 16 with a pattern that finds the digits",
            )

    def _check_pattern(self) -> None:
        try:
            groups = re.compile(self.pattern).groups
        except re.error as reason:
            raise ConfigRejected(
                f"the pattern of {self.name!r} cannot be read: {reason}", where=self.name, hint="mend the expression"
            ) from None
        if groups != 1 or self.kind is not FeatureKind.NUMERIC:
            raise ConfigRejected(
                f"the pattern of {self.name!r} finds no number",
                where=self.name,
                hint="give a numeric feature a pattern with one group, e.g. '\\((\\d{4})\\)'",
            )


@dataclass(frozen=True, slots=True)
class SideTable:
    """A table joined to the rows: ``file`` beside the rows or in ``--tables``, by ``key``.

    ``role`` is ``item`` for what is shown, ``user`` for who sees it, ``other`` otherwise.
    ``row_key`` is the column of the rows that holds the key (default: same name).
    """

    name: str
    file: str
    key: str
    role: str = "other"
    row_key: str = ""

    def __post_init__(self) -> None:
        if self.role not in ("item", "user", "other"):
            raise ConfigRejected(
                f"table role {self.role!r} is unknown", where=self.name, hint="use item, user or other"
            )
        if not self.row_key:
            object.__setattr__(self, "row_key", self.key)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A label: 1 where ``column`` ≥ ``at_least``. Outcome columns are never features.

    An outcome that comes late names its ``delay`` column: seconds from the row's own time until the outcome
    arrived, empty where it did not. An outcome that is the upper part of an ordered scale (four stars or more, half
    of a film or more) names the scale's column as its ``grade``: it teaches more than yes and no. Where a row stands
    for many showings, ``column`` counts those that reached the outcome and ``trials`` names the column that counts all.
    """

    name: str
    column: str
    at_least: float = 1.0
    delay: str = ""
    grade: str = ""
    trials: str = ""

    @property
    def tells(self) -> tuple[str, ...]:
        """The columns that know the outcome; no feature may read them."""
        return tuple(name for name in (self.column, self.delay, self.grade, self.trials) if name)


@dataclass(frozen=True, slots=True)
class FeatureSchema:
    """Names, kinds and order of everything a model reads.

    ``time``, ``user`` and ``item`` name row columns and may be empty where a data set has none;
    ``outcomes`` holds ``click`` and, where known, ``conversion``; ``ignored`` lists further columns
    that know the outcome and are refused as features (``rating``, ``conversion_ts`` …). ``group`` names the column of
    the rows that were shown under the same conditions (a creative test): what is held out is held out by whole groups,
    and a model of contrasts compares inside them. No feature may read it, and scoring does without.
    """

    name: str
    features: tuple[Feature, ...]
    outcomes: tuple[Outcome, ...]
    tables: tuple[SideTable, ...] = ()
    time: str = ""
    user: str = ""
    item: str = ""
    ignored: tuple[str, ...] = ()
    version: int = 1
    group: str = ""

    def __post_init__(self) -> None:
        names = [feature.name for feature in self.features]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ConfigRejected(
                f"features named twice: {', '.join(twice)}", where=self.name, hint="rename one of them"
            )
        tables = {table.name for table in self.tables}
        told = {name for outcome in self.outcomes for name in outcome.tells} | set(self.ignored)
        told |= {self.group} - {""}
        for feature in self.features:
            if feature.table and feature.table not in tables:
                raise ConfigRejected(
                    f"feature {feature.name!r} reads table {feature.table!r}, which is not declared",
                    where=self.name,
                    hint="add it under 'tables'",
                )
            leaked = told.intersection(feature.columns) if not feature.table else set()
            if leaked:
                raise ConfigRejected(
                    f"feature {feature.name!r} reads the outcome column {sorted(leaked)[0]!r}",
                    where=self.name,
                    hint="a model may not see its own answer; remove the feature",
                )

    def of_kind(self, kind: FeatureKind) -> tuple[Feature, ...]:
        """The features of one kind, in schema order."""
        return tuple(feature for feature in self.features if feature.kind is kind)

    def table(self, role: str) -> SideTable | None:
        """The side table with this role, if there is one."""
        return next((table for table in self.tables if table.role == role), None)

    def outcome(self, name: str) -> Outcome | None:
        """The outcome of this name, if there is one."""
        return next((outcome for outcome in self.outcomes if outcome.name == name), None)

    def digest(self) -> str:
        """SHA-256 (hex) of the canonical JSON form; equal digests mean equal inputs."""
        content = asdict(self)
        for outcome in content["outcomes"]:
            # A schema that names none of these keeps the digest it had before outcomes could have them.
            for name in ("delay", "grade", "trials"):
                if not outcome[name]:
                    del outcome[name]
        for feature in content["features"]:
            if feature["base"] == _DECIMAL:
                del feature["base"]
        if not content["group"]:
            del content["group"]
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()
