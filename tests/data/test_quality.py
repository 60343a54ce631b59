"""An honest folder passes; each way of spoiling one is found, named and placed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from adplat.data import (
    CheckReport,
    Lake,
    check_folder,
    import_open_bandit,
    read_table,
    render_check_text,
    split_by_time,
    write_feature_schema,
    write_table,
)
from adplat.data.checks.drift import stability_index
from adplat.domain import Feature, FeatureKind, Finding, MissingInput, Severity, TableRejected
from tests.data.builders import (
    REPOSITORY,
    impressions,
    real_data,
    refusal,
    shop_folder,
    shop_items,
    shop_rows,
    shop_schema,
    silent,
    world_folder,
)

Rows = pl.DataFrame


def checked(
    folder: Path, rows: Rows | None = None, valid: Rows | None = None, items: Rows | None = None
) -> CheckReport:
    return check_folder(shop_folder(folder, rows, valid, items), silent)


def the(report: CheckReport, check: str, text: str) -> Finding:
    """The one finding of this check whose sentence has ``text``."""
    found = [finding for finding in report.findings if finding.check == check and text in finding.what]
    assert len(found) == 1, render_check_text(report)
    return found[0]


def test_an_honest_folder_passes_without_a_word(tmp_path: Path) -> None:
    earlier, later = split_by_time(shop_rows(), "ts", 0.2)
    report = checked(tmp_path, earlier, later)
    assert report.findings == ()
    assert report.passes
    assert report.rows == earlier.height


def test_an_honest_world_passes(tmp_path: Path) -> None:
    report = check_folder(world_folder(tmp_path), silent)
    assert report.passes, render_check_text(report)
    assert (report.kind, report.rows) == ("world", 3_000)
    delay = the(report, "label delay", "after 3.0 h")
    assert delay.evidence["p50_hours"] == pytest.approx(3.0, abs=0.01)


BLOCKING: dict[str, tuple[Callable[[Rows], Rows], str, str]] = {
    "a column is missing": (lambda rows: rows.drop("device"), "schema", "no column 'device'"),
    "a label column is missing": (lambda rows: rows.drop("click"), "schema", "no column 'click'"),
    "a number is text": (lambda rows: rows.with_columns(price=pl.lit("dear")), "schema", "'price' holds VARCHAR"),
    "no rows": (lambda rows: rows.clear(), "schema", "no rows"),
    "labels are missing": (
        lambda rows: rows.with_columns(click=pl.when(pl.col("click") == 1).then(1)),
        "nulls",
        "'click' is empty",
    ),
    "times are missing": (
        lambda rows: rows.with_columns(ts=pl.when(pl.col("user_id") > 3).then("ts")),
        "nulls",
        "'ts' is empty",
    ),
    "one class only": (lambda rows: rows.with_columns(click=pl.lit(0)), "label rate", "same 'click'"),
    "an infinite number": (
        lambda rows: rows.with_columns(price=pl.when(pl.col("user_id") == 1).then(float("inf")).otherwise("price")),
        "ranges",
        "infinite",
    ),
    "milliseconds for seconds": (
        lambda rows: rows.with_columns(ts=pl.col("ts").dt.epoch("ms")),
        "ranges",
        "1990–2100",
    ),
    "a propensity of zero": (lambda rows: rows.with_columns(propensity=pl.lit(0.0)), "ranges", "propensity"),
    "decisions twice": (lambda rows: pl.concat([rows, rows.head(30)]), "duplicates", "repeat a decision_id"),
    "copied rows under new ids": (
        lambda rows: pl.concat([rows, rows.head(400).with_columns(decision_id="x" + pl.col("decision_id"))]),
        "duplicates",
        "exact copies",
    ),
    "a feature that knows the label": (
        lambda rows: rows.with_columns(price=pl.col("price") / 1000 - pl.col("click")),
        "leakage",
        "'price' alone tells 'click'",
    ),
    "a feature present only with a click": (
        lambda rows: rows.with_columns(price=pl.when(pl.col("click") == 1).then("price")),
        "leakage",
        "'price' alone tells 'click'",
    ),
    "a category that knows the label": (
        lambda rows: rows.with_columns(device=pl.when(pl.col("click") == 1).then(pl.lit("thanks")).otherwise("device")),
        "leakage",
        "'device' alone tells 'click'",
    ),
    "items that the table does not know": (
        lambda rows: rows.with_columns(item_id=pl.col("item_id") + 10),
        "coverage",
        "does not know",
    ),
}


@pytest.mark.parametrize("name", BLOCKING)
def test_what_would_spoil_a_model_blocks(tmp_path: Path, name: str) -> None:
    spoil, check, text = BLOCKING[name]
    report = checked(tmp_path, spoil(shop_rows()))
    assert the(report, check, text).severity is Severity.BLOCK
    assert not report.passes


def test_a_decision_on_both_sides_of_the_split_blocks(tmp_path: Path) -> None:
    earlier, later = split_by_time(shop_rows(), "ts", 0.2)
    report = checked(tmp_path, pl.concat([earlier, later.head(3)]), later)
    assert the(report, "leakage", "3 decisions stand in training and held-out rows").severity is Severity.BLOCK


def test_training_on_the_future_blocks(tmp_path: Path) -> None:
    rows = shop_rows()
    report = checked(tmp_path, rows[::2], rows[1::2])
    assert the(report, "leakage", "later than the first held-out row").severity is Severity.BLOCK


def test_copies_across_the_split_are_seen_without_ids(tmp_path: Path) -> None:
    earlier, later = split_by_time(shop_rows().drop("decision_id"), "ts", 0.2)
    later = pl.concat([earlier.tail(5), later])
    assert the(checked(tmp_path, earlier, later), "leakage", "5 held-out rows").severity is Severity.BLOCK


def test_a_nearly_unique_id_is_no_oracle(tmp_path: Path) -> None:
    rows = shop_rows().with_columns(device=pl.col("decision_id"))
    report = checked(tmp_path, rows)
    assert not [finding for finding in report.findings if finding.check == "leakage"]


def test_the_single_feature_auc_is_that_of_scikit_learn(tmp_path: Path) -> None:
    rows = shop_rows().with_columns(price=(pl.col("price") + pl.col("click") * 2).round(0))
    report = checked(tmp_path, rows)
    section = next(section for section in report.sections if section.title == "single-feature AUC")
    found = {row[0]: row[2] for row in section.rows}
    assert found["price"] == pytest.approx(roc_auc_score(rows["click"], rows["price"]), abs=1e-12)


def test_a_broken_day_warns(tmp_path: Path) -> None:
    day = pl.col("ts").dt.day() == 5
    rows = shop_rows(6_000).with_columns(click=pl.when(day).then(0).otherwise("click"))
    finding = the(checked(tmp_path, rows), "label rate", "2026-03-05")
    assert finding.severity is Severity.WARN
    assert finding.evidence["rate"] == 0.0


def test_drift_warns_for_the_feature_that_moved_only(tmp_path: Path) -> None:
    late = pl.col("ts").dt.day() > 5
    rows = shop_rows().with_columns(price=pl.when(late).then(pl.col("price") + 3).otherwise("price"))
    report = checked(tmp_path, rows)
    assert the(report, "drift", "'price'").severity is Severity.WARN
    assert [finding.check for finding in report.findings] == ["drift"]


@pytest.mark.parametrize(("stretch", "warns"), [(1, False), (2, True)])
def test_weekdays_are_compared_only_where_both_halves_hold_a_week(tmp_path: Path, stretch: int, warns: bool) -> None:
    rows = shop_rows()
    start = rows["ts"].min()
    stretched = pl.lit(start) + (pl.col("ts") - start) * stretch  # ten days, or twenty
    weekday = pl.when(pl.int_range(pl.len()) < rows.height // 2).then(1).otherwise(6)
    rows = rows.with_columns(ts=stretched, weekday=weekday)
    folder = shop_folder(tmp_path, rows)
    feature = Feature("weekday", FeatureKind.CATEGORICAL)
    write_feature_schema(replace(shop_schema(), features=(*shop_schema().features, feature)), folder / "schema.yaml")
    assert [finding.check for finding in check_folder(folder, silent).findings] == ["drift"] * warns


def test_the_stability_index_by_hand() -> None:
    # (.7−.5)·ln(.7/.5) + (.3−.5)·ln(.3/.5) = 0.0673 + 0.1022
    assert stability_index([50, 50], [70, 30]) == pytest.approx(0.16946, abs=1e-5)
    assert stability_index([10, 20, 30], [100, 200, 300]) == 0.0


def test_outliers_nulls_and_strange_labels_warn_but_pass(tmp_path: Path) -> None:
    rows = (
        shop_rows()
        .with_row_index()
        .with_columns(
            price=pl.when(pl.col("index") == 7).then(1e6).otherwise("price"),
            device=pl.when(pl.col("index") % 3 == 0).then("device"),
            click=pl.when(pl.col("index") == 9).then(2).otherwise("click"),
        )
    )
    report = checked(tmp_path, rows.drop("index"))
    assert report.passes
    assert the(report, "ranges", "'price' has values").severity is Severity.WARN
    assert the(report, "nulls", "'device' is empty").severity is Severity.WARN
    assert the(report, "ranges", "neither 0 nor 1").severity is Severity.WARN


def test_a_repeated_key_in_a_side_table_blocks_and_does_not_multiply_rows(tmp_path: Path) -> None:
    report = checked(tmp_path, items=pl.concat([shop_items(), shop_items()]))
    assert the(report, "duplicates", "repeat a item_id").severity is Severity.BLOCK
    assert report.rows == 2_000


def test_an_absent_side_table_blocks(tmp_path: Path) -> None:
    (shop_folder(tmp_path) / "items.parquet").unlink()
    assert the(check_folder(tmp_path, silent), "coverage", "'items' is not there").severity is Severity.BLOCK


def test_images_that_are_missing_or_broken_warn(tmp_path: Path) -> None:
    folder = world_folder(tmp_path)
    creatives = read_table(folder / "catalogue" / "creatives.parquet")
    names = ["images/gone.png", "images/rubbish.png", *creatives["image_path"].to_list()[2:]]
    write_table(creatives.with_columns(pl.Series("image_path", names)), folder / "catalogue" / "creatives.parquet")
    (folder / "images" / "rubbish.png").write_bytes(b"not a picture")
    report = check_folder(folder, silent)
    assert the(report, "coverage", "1 of 3 images are not on the disk").severity is Severity.WARN
    assert the(report, "coverage", "cannot be opened").where == "images/rubbish.png"


def test_events_that_do_not_belong_are_found(tmp_path: Path) -> None:
    folder = world_folder(tmp_path)
    lake = Lake(folder / "lake")
    shown = impressions(200, seed=8, hours=40.0)
    lake.write("clicks", shown.select("decision_id", "ts"), "orphans")
    early = shown.with_columns(consent=pl.lit(False))
    lake.write("impressions", early.head(20), "early")
    lake.write("clicks", early.head(20).select("decision_id", pl.col("ts") - pl.duration(hours=1)), "early")
    report = check_folder(folder, silent)
    assert the(report, "events", "180 clicks of unknown decisions").severity is Severity.BLOCK
    assert the(report, "events", "20 clicks before their impression").severity is Severity.BLOCK
    assert the(report, "events", "without consent").severity is Severity.BLOCK


def test_a_part_written_twice_under_two_names_blocks(tmp_path: Path) -> None:
    folder = world_folder(tmp_path)
    Lake(folder / "lake").write("impressions", impressions(3_000), "again")
    assert the(check_folder(folder, silent), "duplicates", "repeat a decision_id").severity is Severity.BLOCK


def test_late_conversions_make_the_end_of_the_log_immature(tmp_path: Path) -> None:
    folder = world_folder(tmp_path)
    clicks = impressions(3_000)[::10].select("decision_id", pl.col("ts") + pl.duration(seconds=30))
    late = clicks[::3].select("decision_id", pl.col("ts") + pl.duration(hours=24))
    Lake(folder / "lake").write("conversions", late.with_columns(value_micros=1, kind=pl.lit("buy")), "a")
    finding = the(check_folder(folder, silent), "label delay", "after 24.0 h")
    assert finding.severity is Severity.WARN
    # Clicks come evenly over 48 hours and all conversions after 24: half of them are still to come.
    assert finding.evidence["expected_missing_share"] == pytest.approx(0.5, abs=0.03)


def test_the_public_samples(tmp_path: Path) -> None:
    import_open_bandit(real_data("open_bandit") / "random" / "all", tmp_path / "ob")
    report = check_folder(tmp_path / "ob", silent)
    assert report.passes
    rates = next(section for section in report.sections if section.title == "rate of click")
    assert rates.rows[0] == ("all", 10_000, 38, 0.0038)
    assert len(rates.rows) == 8  # seven days
    frappe = check_folder(
        real_data("frappe_x1"), silent, schema_path=REPOSITORY / "configs" / "schemas" / "frappe.yaml"
    )
    assert frappe.passes
    assert frappe.rows == 202_027


def test_the_report_speaks_to_people_and_to_programs(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    folder = shop_folder(tmp_path, shop_rows().with_columns(click=pl.lit(0)))
    report = check_folder(folder, lambda done, total, what: told.append((done, total, what)))
    text = render_check_text(report)
    assert text.splitlines()[0].endswith("2,000 rows, does not pass (1 block, 0 warn, 0 note)")
    assert "BLOCK label rate: all 2,000 rows have the same 'click'" in text
    assert "→ a model needs both classes" in text
    document = json.loads(json.dumps(report.as_json(), allow_nan=False))
    assert document["passes"] is False
    assert document["findings"][0]["severity"] == "block"
    assert told[0] == (0, told[-1][1], "checking: loading")
    assert told[-1][0] == told[-1][1]


def test_what_cannot_be_read_at_all_is_an_error(tmp_path: Path) -> None:
    assert "no such folder" in refusal(MissingInput, lambda: check_folder(tmp_path / "nowhere", silent))
    assert "schema.yaml" in refusal(MissingInput, lambda: check_folder(tmp_path, silent))
    folder = shop_folder(tmp_path)
    rows = folder / "rows.parquet"
    rows.write_bytes(rows.read_bytes()[:-100])
    assert "truncated" in refusal(TableRejected, lambda: check_folder(folder, silent))
    rows.unlink()
    assert "rows.parquet" in refusal(MissingInput, lambda: check_folder(folder, silent))


def test_a_damaged_lake_is_an_error(tmp_path: Path) -> None:
    folder = world_folder(tmp_path)
    part = next((folder / "lake" / "impressions").rglob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-30])
    refusal(TableRejected, lambda: check_folder(folder, silent))
