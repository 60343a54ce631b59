"""What a schema refuses, and what its digest promises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adplat.domain import (
    ConfigRejected,
    Feature,
    FeatureKind,
    FeatureSchema,
    Outcome,
    SideTable,
    Vocabulary,
)

SCHEMA = FeatureSchema(
    name="shop",
    features=(
        Feature("device", FeatureKind.CATEGORICAL),
        Feature("title", FeatureKind.TEXT, table="items"),
        Feature("clicked", FeatureKind.SEQUENCE, length=5, outcome="click"),
    ),
    outcomes=(Outcome("click", "click"),),
    tables=(SideTable("items", "items.parquet", "item_id", role="item"),),
    ignored=("rating",),
)


def test_digest_is_stable_and_sees_every_change() -> None:
    assert SCHEMA.digest() == replace(SCHEMA).digest()
    for changed in (
        replace(SCHEMA, features=SCHEMA.features[::-1]),
        replace(SCHEMA, version=2),
        replace(SCHEMA, time="ts"),
    ):
        assert changed.digest() != SCHEMA.digest()


@pytest.mark.parametrize("column", ["click", "rating"])
def test_a_model_may_not_see_its_answer(column: str) -> None:
    with pytest.raises(ConfigRejected, match="outcome column"):
        replace(SCHEMA, features=(Feature(column, FeatureKind.NUMERIC),))
    late = Outcome("click", "click", delay="rating")
    for outcome in (late, replace(late, delay="", grade="rating")):
        with pytest.raises(ConfigRejected, match="outcome column"):
            replace(SCHEMA, features=(Feature("rating", FeatureKind.NUMERIC),), outcomes=(outcome,), ignored=())


def test_a_schema_without_grades_keeps_its_digest() -> None:
    assert SCHEMA.digest() == "6240b279788a55b1f4ca96b483b8f21f04ec1e7daab794130bff68e11e11bf6e"
    assert replace(SCHEMA, outcomes=(Outcome("click", "click", grade="stars"),)).digest() != SCHEMA.digest()


def test_schema_refuses_what_cannot_work() -> None:
    with pytest.raises(ConfigRejected, match="named twice"):
        replace(SCHEMA, features=(SCHEMA.features[0], SCHEMA.features[0]))
    with pytest.raises(ConfigRejected, match="not declared"):
        replace(SCHEMA, tables=())
    with pytest.raises(ConfigRejected, match="needs buckets"):
        Feature("site", FeatureKind.CATEGORICAL, vocabulary=Vocabulary.HASHED)
    with pytest.raises(ConfigRejected, match="length and an outcome"):
        Feature("clicked", FeatureKind.SEQUENCE)
    with pytest.raises(ConfigRejected, match="role"):
        SideTable("items", "items.parquet", "item_id", role="thing")


def test_lookups() -> None:
    assert [feature.name for feature in SCHEMA.of_kind(FeatureKind.TEXT)] == ["title"]
    item_table = SCHEMA.table("item")
    assert item_table is not None
    assert item_table.row_key == "item_id"
    assert SCHEMA.table("user") is None
    assert SCHEMA.outcome("conversion") is None


def test_counts_and_groups_are_part_of_the_contract_and_never_features() -> None:
    counted = replace(SCHEMA, outcomes=(Outcome("click", "click", trials="shown"),), group="test")
    assert len({SCHEMA.digest(), counted.digest(), replace(counted, group="").digest()}) == 3
    for column in ("shown", "test"):
        with pytest.raises(ConfigRejected, match="outcome column"):
            replace(counted, features=(Feature(column, FeatureKind.NUMERIC),))


def test_a_number_has_a_base_that_its_digits_can_be_read_in() -> None:
    for wrong in ({"base": 16}, {"base": 7, "pattern": "(.)"}):
        with pytest.raises(ConfigRejected):
            Feature("n", FeatureKind.NUMERIC, **wrong)  # type: ignore[arg-type]
