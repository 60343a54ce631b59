"""Which side a feature belongs to: the item, the user, or the moment. Read off the schema once.

* item: features of the item table, of the item column itself, and every image and text;
* user: features of the user table and of the user column itself, packed into a UserVector;
* moment: what is left (columns of the rows, tables of role ``other``), told by the request context.

User and moment features together are the row side, in schema order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from adplat.domain import ConfigRejected, Feature, FeatureKind, FeatureSchema


@dataclass(frozen=True)
class Columns:
    """Features of one side by how they become numbers, each in schema order."""

    categorical: tuple[Feature, ...]  # one value a cell
    bags: tuple[Feature, ...]  # several values a cell
    numeric: tuple[Feature, ...]

    @classmethod
    def of(cls, features: tuple[Feature, ...]) -> Columns:
        """Sort tabular features by kind; images, texts and sequences are left out."""
        categorical = [feature for feature in features if feature.kind is FeatureKind.CATEGORICAL]
        return cls(
            categorical=tuple(feature for feature in categorical if not feature.separator),
            bags=tuple(feature for feature in categorical if feature.separator),
            numeric=tuple(feature for feature in features if feature.kind is FeatureKind.NUMERIC),
        )

    @property
    def all(self) -> tuple[Feature, ...]:
        return (*self.categorical, *self.bags, *self.numeric)


@dataclass(frozen=True)
class Layout:
    """The sides of one schema. Raises ConfigRejected where a feature fits none."""

    schema: FeatureSchema

    def __post_init__(self) -> None:
        for role in ("item", "user"):
            if sum(table.role == role for table in self.schema.tables) > 1:
                raise ConfigRejected(
                    f"two tables of role {role!r}", where=self.schema.name, hint="join them into one table"
                )
        table = self.schema.table("item")
        if table and self.schema.item not in ("", table.row_key):
            raise ConfigRejected(
                f"the item column {self.schema.item!r} is not the row key {table.row_key!r} of the item table",
                where=self.schema.name,
                hint="set 'item' and the table's 'row_key' to the same column",
            )
        for feature in self.schema.features:
            self._check(feature)

    def _check(self, feature: Feature) -> None:
        single = feature.kind not in (FeatureKind.TEXT, FeatureKind.SEQUENCE)
        if single and len(feature.columns) != 1:
            raise ConfigRejected(
                f"feature {feature.name!r} reads {len(feature.columns)} columns",
                where=self.schema.name,
                hint="only a text feature may join several columns",
            )
        if feature.kind is FeatureKind.SEQUENCE and self.schema.outcome(feature.outcome) is None:
            raise ConfigRejected(
                f"sequence {feature.name!r} counts the outcome {feature.outcome!r}, which is not declared",
                where=self.schema.name,
                hint="add it under 'outcomes'",
            )
        content = feature.kind in (FeatureKind.TEXT, FeatureKind.IMAGE)
        table = self.schema.table("item")
        if content and feature.table != (table.name if table else ""):
            raise ConfigRejected(
                f"{feature.kind.value} feature {feature.name!r} does not belong to the item",
                where=self.schema.name,
                hint="move its column into the item table",
            )

    @cached_property
    def item_column(self) -> str:
        """The column of the rows that names the item; empty where the rows name none."""
        table = self.schema.table("item")
        return table.row_key if table else self.schema.item

    @cached_property
    def user_column(self) -> str:
        """The column of the rows that names the user; empty where the rows name none."""
        table = self.schema.table("user")
        return self.schema.user or (table.row_key if table else "")

    def is_item_side(self, feature: Feature) -> bool:
        """Whether the feature is a fact about the item."""
        if feature.kind in (FeatureKind.TEXT, FeatureKind.IMAGE):
            return True
        return self._side(feature, "item", self.item_column)

    def is_user_side(self, feature: Feature) -> bool:
        """Whether the feature is a fact about the user."""
        return not self.is_item_side(feature) and self._side(feature, "user", self.user_column)

    def _side(self, feature: Feature, role: str, column: str) -> bool:
        table = self.schema.table(role)
        of_table = table is not None and feature.table == table.name
        return of_table or (not feature.table and column != "" and feature.columns == (column,))

    @cached_property
    def item(self) -> Columns:
        return Columns.of(tuple(filter(self.is_item_side, self.schema.features)))

    @cached_property
    def row(self) -> Columns:
        return Columns.of(tuple(f for f in self.schema.features if not self.is_item_side(f)))

    @cached_property
    def user(self) -> Columns:
        return Columns.of(tuple(filter(self.is_user_side, self.schema.features)))

    @cached_property
    def user_places(self) -> dict[str, int]:
        """Where each user feature stands among its own kind in a UserVector."""
        kinds = (self.user.categorical, self.user.bags, self.user.numeric)
        return {feature.name: place for kind in kinds for place, feature in enumerate(kind)}

    @cached_property
    def images(self) -> tuple[Feature, ...]:
        return self.schema.of_kind(FeatureKind.IMAGE)

    @cached_property
    def texts(self) -> tuple[Feature, ...]:
        return self.schema.of_kind(FeatureKind.TEXT)

    @cached_property
    def sequences(self) -> tuple[Feature, ...]:
        """Empty where the rows know neither who nor when."""
        known = self.user_column and self.schema.time and self.item_column
        return self.schema.of_kind(FeatureKind.SEQUENCE) if known else ()

    @cached_property
    def history_length(self) -> int:
        """L: the longest sequence; shorter ones are padded."""
        return max((feature.length for feature in self.sequences), default=0)

    @property
    def item_table(self) -> str:
        """The name of the item table, empty where there is none."""
        table = self.schema.table("item")
        return table.name if table else ""
