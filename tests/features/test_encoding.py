from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import (
    ConfigRejected,
    Feature,
    FeatureKind,
    FeatureSchema,
    MissingInput,
    Outcome,
    SideTable,
    TableRejected,
    Vocabulary,
)
from adplat.features import FeatureEncoding, Histories, ItemBlock, RowArrays, pack_user, unpack_user
from tests.features.builders import LIGHT, TABULAR, every_kind, painted, rows_of, tables_of

Ready = tuple[FeatureEncoding, ItemBlock, Histories]
CATEGORICAL = FeatureKind.CATEGORICAL


def assert_equal(left: RowArrays, right: RowArrays) -> None:
    for name in ("item", "categorical", "bags", "numeric", "history"):
        np.testing.assert_array_equal(getattr(left, name), getattr(right, name), err_msg=name)


def test_sizes_and_order_follow_the_schema(ready: Ready) -> None:
    encoding, items, _ = ready
    sizes = encoding.sizes
    assert [f.name for f in encoding.layout.row.categorical] == ["hour", "who", "site_kind", "gender"]
    assert [f.name for f in encoding.layout.user.categorical] == ["who", "gender"]
    assert sizes.row_categorical == (25, 50, 3, 3)
    assert sizes.item_categorical == (13,)
    assert encoding.cardinalities["genre"] == sizes.item_bags[0] == 4
    assert (sizes.sequences, sizes.history_length, sizes.image, sizes.text) == (2, 5, 4, 4)
    assert items.categorical.shape == (13, 1)
    for array in (items.categorical, items.bags, items.numeric, items.image, items.text):
        assert not array[0].any()


@settings(max_examples=150, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "user": st.integers(0, 9),
            "item": st.integers(0, 13),
            "site": st.sampled_from(["x", "y", "z", "nowhere", None]),
            "hour": st.one_of(st.integers(0, 30), st.none()),
            "topics": st.sampled_from(["cars,news", "food, never", "", None, "news,news"]),
            "speed": st.one_of(st.floats(-100, 100), st.none()),
            "ts": st.integers(1_699_990_000, 1_700_060_000),
        }
    ),
    st.booleans(),
)
def test_a_request_becomes_what_its_row_becomes(ready: Ready, facts: dict[str, object], as_text: bool) -> None:
    """The same facts as a table row and as a request give the same arrays, for every kind of feature."""
    encoding, items, histories = ready
    tables = tables_of()
    types = {"user": pl.Int64, "item": pl.Int64, "site": pl.String, "hour": pl.Int64, "speed": pl.Float64}
    row = pl.DataFrame([facts], schema={**types, "topics": pl.String, "ts": pl.Int64})
    from_table = encoding.row_arrays(row, tables, items, histories)

    people = tables["people"].filter(pl.col("user") == facts["user"]).to_dicts()
    user = encoding.user_vector({**(people[0] if people else {}), "user": facts["user"]})
    moment = np.array([facts["ts"]])
    history, times = user.history.copy(), user.history_time_s.copy()
    for sequence, length in enumerate(histories.lengths):
        history[sequence, :length] = histories.before([facts["user"]], moment, sequence)[0]
        times[sequence, :length] = history[sequence, :length] != 0
    told = type(user)(user.categorical, user.bags, user.numeric, history, times)
    told = unpack_user(pack_user(told, encoding.digest), encoding.digest)

    kinds = dict(tables["sites"].rows())
    context = {"hour": facts["hour"], "topics": facts["topics"], "speed": facts["speed"]}
    if as_text and facts["hour"] is not None:
        context["hour"] = f"{facts['hour']}.0"
    if as_text and facts["speed"] is not None:
        context["speed"] = repr(facts["speed"])
    context["site_kind"] = kinds.get(facts["site"])
    candidates = items.rows_of([str(facts["item"])])
    assert_equal(encoding.candidate_rows(told, context, items, candidates), from_table)


def test_known_users_carry_what_their_next_row_would_show(ready: Ready) -> None:
    encoding, items, histories = ready
    users = dict(encoding.known_users(tables_of()["people"], histories))
    assert set(users) == {str(number) for number in range(9)}
    later = rows_of().unique("user", maintain_order=True).with_columns(ts=pl.lit(1_800_000_000))
    expected = encoding.row_arrays(later, tables_of(), items, histories)
    for place, row in enumerate(later.to_dicts()):
        context = {"hour": row["hour"], "topics": row["topics"], "speed": row["speed"]}
        context["site_kind"] = dict(tables_of()["sites"].rows()).get(row["site"])
        one = encoding.candidate_rows(users[str(row["user"])], context, items, expected.item[place : place + 1])
        for name in ("categorical", "bags", "numeric", "history"):
            np.testing.assert_array_equal(getattr(one, name)[0], getattr(expected, name)[place], err_msg=name)


def test_a_list_is_the_bag_its_text_would_be(ready: Ready) -> None:
    encoding, items, histories = ready
    rows = rows_of(seed=8)
    listed = rows.with_columns(pl.col("topics").str.split(","))
    plain = encoding.row_arrays(rows, tables_of(), items, histories)
    assert_equal(encoding.row_arrays(listed, tables_of(), items, histories), plain)
    told = [
        encoding.candidate_rows(None, {"topics": t}, items, items.rows_of(["1"]))
        for t in ("food,news", ["food", "news"])
    ]
    assert_equal(*told)


def test_candidates_share_the_request(ready: Ready) -> None:
    encoding, items, _ = ready
    arrays = encoding.candidate_rows(None, {"hour": 3, "speed": 10}, items, np.arange(5, dtype=np.int32))
    assert arrays.item.tolist() == [0, 1, 2, 3, 4]
    assert (arrays.categorical == arrays.categorical[0]).all()
    assert arrays.categorical[0, 0] > 0
    assert not arrays.categorical[0, [1, 3]].any()
    assert not arrays.history.any()
    # One row seen five times: what scorers recognise the shared user by.
    assert all(getattr(arrays, name).strides[0] == 0 for name in ("categorical", "bags", "numeric", "history"))


def test_outcomes_are_not_needed_and_not_read(ready: Ready) -> None:
    encoding, items, histories = ready
    rows = rows_of(seed=5)
    blind = encoding.row_arrays(rows.drop("click", "paid"), tables_of(), items, histories)
    assert_equal(blind, encoding.row_arrays(rows, tables_of(), items, histories))


def test_a_type_change_between_files_changes_nothing(ready: Ready) -> None:
    encoding, items, histories = ready
    rows, tables = rows_of(seed=6), tables_of()
    retyped = rows.with_columns(pl.col("hour").cast(pl.Float64), pl.col("item", "user").cast(pl.String))
    tables["people"] = tables["people"].with_columns(pl.col("user").cast(pl.Float64))
    plain = encoding.row_arrays(rows, tables_of(), items, histories)
    assert_equal(encoding.row_arrays(retyped, tables, items, histories), plain)


def test_a_new_item_keeps_its_content(ready: Ready, tmp_path: Path) -> None:
    encoding, _, histories = ready
    (tmp_path / "images").mkdir()
    painted(99).save(tmp_path / "images" / "new.png")
    goods = pl.DataFrame(
        {
            "item": [777],
            "genre": ["fun|unheard"],
            "price": [3.0],
            "title": ["Thing anew"],
            "tags": [None],
            "picture": ["images/new.png"],
        }
    )
    block = encoding.item_block(goods, tmp_path)
    assert block.categorical[1, 0] == 0
    assert (block.bags[1] > 0).sum() == 1
    assert block.image[1].any()
    assert block.text[1].any()
    assert block.image_present[1] == block.text_present[1] == 1.0
    rows = rows_of(count=1).with_columns(item=pl.lit(777))
    assert encoding.row_arrays(rows, tables_of(), block, histories).item.tolist() == [1]


def test_unusable_content_is_reported_not_guessed(ready: Ready, pictures: Path, tmp_path: Path) -> None:
    encoding, _, _ = ready
    (tmp_path / "broken.png").write_bytes(b"\x89PNG nothing")
    painted(1).convert("CMYK").save(tmp_path / "print.jpg")
    painted(1).save(tmp_path / "moving.gif", save_all=True, append_images=[painted(2)])
    pictures_named = ["broken.png", "print.jpg", "moving.gif", "../x.png", None, "gone.png"]
    goods = pl.DataFrame(
        {
            "item": list("abcdef"),
            "genre": ["fun"] * 6,
            "price": [1.0] * 6,
            "title": ["", "x" * 6_000, "ok", "ok", "ok", "ok"],
            "tags": [None] * 6,
            "picture": pictures_named,
        },
        schema_overrides={"tags": pl.String},
    )
    block = encoding.item_block(goods, tmp_path)
    assert not block.image.any()
    assert not block.image_present.any()
    assert block.text_present.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert not block.text[:3].any()
    reasons = {(p.item_id, p.column): p.reason for p in block.encoding_report}
    assert len(block.encoding_report) == 8
    assert reasons["b", "picture"] == "colour mode CMYK"
    assert reasons["c", "picture"] == "animated"
    assert reasons["d", "picture"] == "missing: the path leaves the folder"
    assert reasons["a", "title+tags"] == "empty"
    assert reasons["b", "title+tags"] == "longer than 5,000 characters"


def test_only_training_rows_teach(pictures: Path) -> None:
    rows = rows_of().filter(pl.col("item") < 6)
    encoding = FeatureEncoding.fit(every_kind(), rows, tables_of(), pictures, LIGHT)
    assert encoding.cardinalities["item"] == 7
    fewer = {**tables_of(), "goods": tables_of().pop("goods").head(6)}
    again = FeatureEncoding.fit(every_kind(), rows, fewer, pictures, LIGHT)
    assert encoding.image is not None
    assert again.image is not None
    np.testing.assert_array_equal(encoding.image.whitening.projection, again.image.whitening.projection)
    assert encoding.scalings == again.scalings
    assert encoding.vocabularies == again.vocabularies


def test_min_count_counts_training_rows(pictures: Path) -> None:
    schema = FeatureSchema(
        "counts",
        (
            Feature("item", CATEGORICAL, min_count=3),
            Feature("genre", CATEGORICAL, table="goods", separator="|", min_count=4),
        ),
        (Outcome("click", "click"),),
        (SideTable("goods", "goods.parquet", "item", "item"),),
        item="item",
    )
    rows = pl.DataFrame({"item": [0, 0, 0, 1, 1, 2], "click": [0, 1, 0, 1, 0, 1]})
    encoding = FeatureEncoding.fit(schema, rows, tables_of(), pictures, TABULAR)
    assert encoding.vocabularies["item"].values == ("0",)
    assert encoding.vocabularies["genre"].values == ("new",)  # items 0 and 1: five rows; fun: three


def frappe_like() -> FeatureSchema:
    return FeatureSchema(
        "plain",
        (
            Feature("user", CATEGORICAL),
            Feature("item", CATEGORICAL),
            Feature("weather", CATEGORICAL, vocabulary=Vocabulary.HASHED, buckets=9),
        ),
        (Outcome("click", "label"),),
        user="user",
        item="item",
    )


def test_a_plain_table_needs_no_side_tables(tmp_path: Path) -> None:
    rows = pl.DataFrame({"label": [0, 1, 1], "user": [1, 2, 1], "item": [5, 5, 7], "weather": [1, None, 3]})
    encoding = FeatureEncoding.fit(frappe_like(), rows, {}, tmp_path, LIGHT)
    items = encoding.items_for(rows, {}, tmp_path)
    assert items.ids == ("5", "7")
    arrays = encoding.row_arrays(rows, {}, items, Histories.from_rows(frappe_like(), rows))
    assert items.categorical[arrays.item, 0].tolist() == [1, 1, 2]
    assert arrays.categorical[:, 0].tolist() == [1, 2, 1]
    assert arrays.categorical[1, 1] == 0
    assert arrays.history.shape == (3, 0, 0)
    assert encoding.encoder_flags == ()


def test_no_item_column_at_all_still_works(tmp_path: Path) -> None:
    schema = FeatureSchema("c", (Feature("x", FeatureKind.NUMERIC),), (Outcome("click", "y"),))
    rows = pl.DataFrame({"y": [0, 1], "x": [1.0, None]})
    encoding = FeatureEncoding.fit(schema, rows, {}, tmp_path, LIGHT)
    items = encoding.items_for(rows, {}, tmp_path)
    arrays = encoding.row_arrays(rows, {}, items, Histories.from_rows(schema, rows))
    assert arrays.item.tolist() == [0, 0]
    assert arrays.numeric[1].tolist() == [0.0]


def test_texts_in_the_rows_become_items(tmp_path: Path) -> None:
    schema = FeatureSchema("t", (Feature("headline", FeatureKind.TEXT),), (Outcome("click", "y"),))
    rows = pl.DataFrame({"y": [0, 1, 0, 1], "headline": ["Buy now", "Sleep well", "Buy now", None]})
    encoding = FeatureEncoding.fit(schema, rows, {}, tmp_path, LIGHT)
    items = encoding.items_for(rows, {}, tmp_path)
    arrays = encoding.row_arrays(rows, {}, items, Histories.from_rows(schema, rows))
    assert arrays.item.tolist() == [1, 2, 1, 0]
    assert items.text_present.tolist() == [0.0, 1.0, 1.0]
    fresh = rows.with_columns(headline=pl.lit("Never seen"))
    given_items = encoding.items_for(fresh, {}, tmp_path, kept=items)
    assert len(given_items.ids) == 3


def test_contradictions_are_refused(tmp_path: Path) -> None:
    schema = FeatureSchema("t", (Feature("headline", FeatureKind.TEXT),), (Outcome("click", "y"),), item="item")
    rows = pl.DataFrame({"y": [0, 1], "item": ["a", "a"], "headline": ["one", "two"]})
    with pytest.raises(TableRejected, match="two different rows"):
        FeatureEncoding.fit(schema, rows, {}, tmp_path, LIGHT)
    with pytest.raises(TableRejected, match="no training rows"):
        FeatureEncoding.fit(schema, rows.head(0), {}, tmp_path, LIGHT)
    astray = FeatureSchema(
        "s",
        (Feature("bio", FeatureKind.TEXT, table="people"),),
        (Outcome("click", "y"),),
        (SideTable("people", "people.parquet", "user", "user"),),
    )
    with pytest.raises(ConfigRejected, match="does not belong to the item"):
        FeatureEncoding.fit(astray, rows, {}, tmp_path, LIGHT)


def test_what_is_not_there_is_named(ready: Ready, pictures: Path) -> None:
    encoding, items, histories = ready
    with pytest.raises(MissingInput, match="'hour'"):
        encoding.row_arrays(rows_of().drop("hour"), tables_of(), items, histories)
    with pytest.raises(MissingInput, match="goods"):
        encoding.items_for(rows_of(), {}, pictures)
    tables = tables_of()
    del tables["people"]
    with pytest.raises(MissingInput, match="people"):
        FeatureEncoding.fit(every_kind(), rows_of(), tables, pictures, LIGHT)
    unknown = encoding.row_arrays(rows_of(), tables, items, histories)
    assert not unknown.categorical[:, 3].any()
