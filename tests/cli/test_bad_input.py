"""Bad input: one clear line (what, where, how to mend), exit code 2, nothing half-written."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
import yaml

from adplat.cli import run

NOBODY_LISTENS = "127.0.0.1:1"


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Iterator[object]:
    """Run a command that must be refused; give back its one line."""

    def check(*arguments: object) -> str:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        shown = capsys.readouterr()
        lines = [line for line in shown.err.splitlines() if line.startswith("adplat: ")]
        assert code == 2, shown.err
        assert len(lines) == 1, shown.err
        assert "Traceback" not in shown.err
        assert ": " in lines[0][8:], "a line says what and how to mend it"
        return lines[0]

    yield check


@pytest.fixture
def refused_by_usage(capsys: pytest.CaptureFixture[str]) -> Iterator[object]:
    """Run a command whose words are wrong; give back what was said."""

    def check(*arguments: object) -> str:
        capsys.readouterr()
        assert run([str(argument) for argument in arguments]) == 2
        return capsys.readouterr().err

    yield check


@pytest.fixture
def spoilt(shop: Path, tmp_path: Path) -> Path:
    """A copy of the good folder, to be spoilt."""
    return Path(shutil.copytree(shop, tmp_path / "shop"))


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        ({"model": {"kind": "lightgbm"}}, (), "boosted trees are grown by one process"),
        ({"data": {"train": "rows.parquet", "valid_fraction": 0.0, "stream": True}}, (), "rows that are streamed"),
        ({}, ("--checkpoint", "kept"), "a checkpoint is the state of one process"),
    ],
)
def test_what_several_workers_cannot_train(
    refused: Callable[..., str], spoilt: Path, tmp_path: Path, change: dict[str, object], options: tuple[str], said: str
) -> None:
    config = yaml.safe_load((spoilt / "train.yaml").read_text())
    (spoilt / "train.yaml").write_text(yaml.safe_dump(config | change))
    line = refused(*train(spoilt, tmp_path / "out"), "--workers", 2, *options)
    assert said in line
    assert "train without --workers" in line
    assert not (tmp_path / "out").exists()


def test_a_catalogue_that_cannot_be_encoded(refused: Callable[..., str], spoilt: Path, tmp_path: Path) -> None:
    config = spoilt / "train.yaml"
    assert "nothing to encode" in refused("encode", config, "--data", spoilt, "--workers", 2)
    assert "no such folder" in refused("encode", config, "--data", tmp_path / "nowhere", "--workers", 2)
    assert "no such file" in refused("encode", tmp_path / "no.yaml", "--data", spoilt, "--workers", 2)


def train(folder: Path, out: Path) -> tuple[object, ...]:
    return ("train", folder / "train.yaml", "--data", folder, "--out", out, "--cache", out.parent / "cache")


def test_missing_folder(refused, shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    line = refused("train", shop / "train.yaml", "--data", tmp_path / "nowhere", "--out", out)
    assert "nowhere" in line
    assert not out.exists()


def test_truncated_parquet(refused, spoilt: Path, tmp_path: Path) -> None:
    rows = spoilt / "rows.parquet"
    rows.write_bytes(rows.read_bytes()[: rows.stat().st_size // 2])
    line = refused(*train(spoilt, tmp_path / "out"))
    assert "rows.parquet" in line
    assert not (tmp_path / "out").exists()


def test_csv_with_a_wrong_header(refused, shop: Path, tmp_path: Path) -> None:
    source = tmp_path / "rows.csv"
    source.write_text("ts,user,item_id,device,price,click\n1,2,3,ios,4.0,1\n")
    line = refused("data", "import", "csv", source, "--schema", shop / "schema.yaml", "--out", tmp_path / "out")
    assert "user_id" in line
    assert not (tmp_path / "out").exists()


def test_wrong_types(refused, spoilt: Path, tmp_path: Path) -> None:
    rows = pl.read_parquet(spoilt / "rows.parquet")
    rows.with_columns(pl.lit("cheap").alias("price")).write_parquet(spoilt / "rows.parquet")
    line = refused(*train(spoilt, tmp_path / "out"))
    assert "price" in line
    assert not (tmp_path / "out").exists()


def test_unknown_config_key(refused, spoilt: Path, tmp_path: Path) -> None:
    config = yaml.safe_load((spoilt / "train.yaml").read_text())
    config["training"]["epoch"] = 3
    (spoilt / "train.yaml").write_text(yaml.safe_dump(config))
    line = refused(*train(spoilt, tmp_path / "out"))
    assert "'epoch'" in line
    assert "did you mean 'epochs'?" in line


def test_one_class(refused, spoilt: Path, tmp_path: Path) -> None:
    rows = pl.read_parquet(spoilt / "rows.parquet")
    rows.with_columns(pl.lit(0).alias("click")).write_parquet(spoilt / "rows.parquet")
    line = refused(*train(spoilt, tmp_path / "out"))
    assert "click" in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (
            pl.col("price").replace_strict({0: None}, default=None, return_dtype=pl.Float64),
            "'price' is empty in all 3000 rows",
        ),
        (pl.lit(None).alias("price"), "'price' is empty"),
        (pl.when(pl.int_range(pl.len()) == 16).then(float("nan")).otherwise("price").alias("price"), "NaN in row 17"),
        (
            pl.when(pl.int_range(pl.len()) == 2).then(float("inf")).otherwise("price").alias("price"),
            "infinity in row 3",
        ),
        (
            pl.when(pl.int_range(pl.len()) == 2).then(float("-inf")).otherwise("price").alias("price"),
            "infinity in row 3",
        ),
        (pl.when(pl.col("click") == 1).then(float("nan")).otherwise(0.0).alias("click"), "'click' holds NaN"),
        (pl.lit("yes").alias("click"), "'click' holds type String"),
        (pl.lit([1]).alias("device"), "'device' holds type List"),
        (pl.when(pl.int_range(pl.len()) == 2).then(None).otherwise("click").alias("click"), "1 rows have no 'click'"),
    ],
)
def test_values_that_cannot_be_learned_from(refused, spoilt: Path, tmp_path: Path, spoil: pl.Expr, named: str) -> None:
    rows = pl.read_parquet(spoilt / "rows.parquet")
    rows.with_columns(spoil).write_parquet(spoilt / "rows.parquet")
    line = refused(*train(spoilt, tmp_path / "out"))
    assert named in line
    assert "rows.parquet" in line
    assert not (tmp_path / "out").exists()


def test_a_column_missing_in_training(refused, spoilt: Path, tmp_path: Path) -> None:
    pl.read_parquet(spoilt / "rows.parquet").drop("price").write_parquet(spoilt / "rows.parquet")
    line = refused(*train(spoilt, tmp_path / "out"))
    assert "'price'" in line
    assert not (tmp_path / "out").exists()


def test_a_time_split_that_leaks(refused, spoilt: Path, tmp_path: Path) -> None:
    rows = pl.read_parquet(spoilt / "rows.parquet")
    rows[:2000].write_parquet(spoilt / "valid.parquet")
    rows[1000:].write_parquet(spoilt / "rows.parquet")
    config = yaml.safe_load((spoilt / "train.yaml").read_text())
    config["data"] = {"train": "rows.parquet", "valid": "valid.parquet"}
    (spoilt / "train.yaml").write_text(yaml.safe_dump(config))
    line = refused(*train(spoilt, tmp_path / "out"))
    assert "2000 training rows are later" in line
    assert "valid.parquet" in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", [("score", "--out"), ("evaluate", "")])
def test_nan_in_rows_to_score_or_judge(
    refused, shop: Path, shop_bundle: Path, tmp_path: Path, words: tuple[str, str]
) -> None:
    rows = pl.read_parquet(shop / "rows.parquet")
    broken = pl.when(pl.int_range(pl.len()) == 4).then(float("nan")).otherwise("price").alias("price")
    rows.with_columns(broken).write_parquet(tmp_path / "rows.parquet")
    command, out = words
    to = (out, tmp_path / "scores.parquet") if out else ()
    line = refused(command, shop_bundle, "--data", tmp_path / "rows.parquet", *to)
    assert "'price' holds NaN in row 5" in line
    assert not (tmp_path / "scores.parquet").exists()


def test_rows_that_do_not_match_the_schema(refused, shop: Path, shop_bundle: Path, tmp_path: Path) -> None:
    rows = pl.read_parquet(shop / "rows.parquet").drop("device")
    rows.write_parquet(tmp_path / "rows.parquet")
    out = tmp_path / "scores.parquet"
    line = refused("score", shop_bundle, "--data", tmp_path / "rows.parquet", "--out", out)
    assert "device" in line
    assert not out.exists()


def test_a_bundle_with_a_changed_byte(refused, shop: Path, shop_bundle: Path, tmp_path: Path) -> None:
    bundle = Path(shutil.copytree(shop_bundle, tmp_path / shop_bundle.name))
    scorer = bundle / "cross.onnx"
    content = bytearray(scorer.read_bytes())
    content[len(content) // 2] ^= 1
    scorer.write_bytes(bytes(content))
    out = tmp_path / "scores.parquet"
    line = refused("score", bundle, "--data", shop / "rows.parquet", "--out", out)
    assert "cross.onnx" in line
    assert not out.exists()


def test_a_bundle_of_another_schema(refused, shop_bundle: Path, tmp_path: Path) -> None:
    bundle = Path(shutil.copytree(shop_bundle, tmp_path / shop_bundle.name))
    schema = yaml.safe_load((bundle / "schema.yaml").read_text())
    schema["name"] = "another"
    (bundle / "schema.yaml").write_text(yaml.safe_dump(schema, sort_keys=False))
    line = refused("evaluate", bundle, "--data", tmp_path)
    assert "schema" in line


def test_not_a_bundle(refused, shop: Path, tmp_path: Path) -> None:
    line = refused("evaluate", shop, "--data", shop)
    assert "manifest.json" in line


def test_port_in_use(refused, deployed: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refused("serve", "--port", port, "--workspace", deployed)
    assert str(port) in line


def test_serving_before_a_bundle_is_deployed(refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADPLAT_WORKSPACE", str(tmp_path / "ws"))
    assert "adplat deploy" in refused("serve", "--port", free_port())
    assert not (tmp_path / "ws").exists()


def test_serving_by_a_profile_that_is_none(refused) -> None:  # type: ignore[no-untyped-def]
    line = refused("serve", "--profile", "mainframe")
    assert "no profile 'mainframe'" in line and "cluster, laptop" in line


def test_a_second_serve_in_the_same_workspace(refused, deployed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADPLAT_WORKSPACE", str(deployed))
    code = (
        "from adplat import bootstrap; import sys\n"
        "with bootstrap.lock_workspace(bootstrap.read_settings(), 'serve'):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        line = refused("serve", "--port", free_port())
        holder.communicate()
    assert str(holder.pid) in line


def test_a_redis_that_is_not_there(refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADPLAT_WORKSPACE", str(tmp_path / "ws"))
    monkeypatch.setenv("ADPLAT_REDIS_URL", f"redis://{NOBODY_LISTENS}/0")
    assert NOBODY_LISTENS in refused("worker", "--once")


def test_a_database_that_is_not_there(refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADPLAT_WORKSPACE", str(tmp_path / "ws"))
    monkeypatch.setenv("ADPLAT_DATABASE_URL", f"postgresql://someone:secret@{NOBODY_LISTENS}/adplat")
    line = refused("db", "check")
    assert NOBODY_LISTENS.partition(":")[0] in line
    assert "secret" not in line


def test_a_workspace_that_is_a_file(refused, shop_bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for words in (["deploy", shop_bundle, "--catalogue", tmp_path], ["db", "upgrade"]):
        assert str(tmp_path / "file") in refused(*words, "--workspace", tmp_path / "file")


def test_looking_at_a_database_makes_no_folder(refused, tmp_path: Path) -> None:
    refused("db", "check", "--workspace", tmp_path / "typo")
    assert not (tmp_path / "typo").exists()


def test_scores_never_replace_their_rows(refused, shop: Path, shop_bundle: Path, tmp_path: Path) -> None:
    rows = Path(shutil.copy(shop / "rows.parquet", tmp_path / "rows.parquet"))
    before = rows.read_bytes()
    assert "--out" in refused("score", shop_bundle, "--data", rows, "--out", rows)
    assert rows.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ("user", "add", "li"),
            "Missing option '--role'. Choose from: admin, operator, analyst, advertiser, read-only: "
            "see 'adplat user add --help'",
        ),
        (
            ("user", "add", "li", "--role", "king"),
            "Invalid value for '--role': 'king' is not one of 'admin', 'operator', 'analyst', 'advertiser', "
            "'read-only': see 'adplat user add --help'",
        ),
        (
            ("job", "list", "--limit", "x"),
            "Invalid value for '--limit': it must be a whole number: see 'adplat job list --help'",
        ),
        (("nope",), "No such command 'nope': see 'adplat --help'"),
    ],
)
def test_wrong_words_are_one_line_too(refused_by_usage, words: tuple[str, ...], line: str) -> None:
    assert refused_by_usage(*words) == f"adplat: {line}\n"


def test_a_group_of_commands_called_alone_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["user"]) == 2
    shown = capsys.readouterr()
    assert "People who may sign in" in shown.out + shown.err
    assert "adplat: " not in shown.err


def test_a_negative_seed(refused_by_usage, shop: Path, tmp_path: Path) -> None:
    assert "--seed" in refused_by_usage(*train(shop, tmp_path / "out"), "--seed", -1)


@pytest.mark.parametrize(
    ("table", "spoil", "named"),
    [
        ("campaigns", lambda rows: rows.drop("bid_kind"), "bid_kind"),
        ("creatives", lambda rows: rows.with_columns(status=pl.lit("LIVE")), "LIVE"),
        ("campaigns", lambda rows: rows.with_columns(currency=pl.lit("Yuan")), "Yuan"),
    ],
)
def test_a_catalogue_that_cannot_be_read(
    refused, deployed: Path, tmp_path: Path, table: str, spoil: Callable[[pl.DataFrame], pl.DataFrame], named: str
) -> None:
    world = Path(shutil.copytree(deployed.parent / "world", tmp_path / "world"))
    path = world / "catalogue" / f"{table}.parquet"
    spoil(pl.read_parquet(path)).write_parquet(path)
    (bundle,) = (found.parent for found in (deployed.parent / "bundles").glob("*/manifest.json"))
    line = refused("deploy", bundle, "--catalogue", world, "--workspace", tmp_path / "ws")
    assert named in line
    assert f"{table}.parquet, row 1" in line


def test_a_bundle_that_cannot_read_the_catalogue(refused, shop_bundle: Path, tmp_path: Path) -> None:
    line = refused("deploy", shop_bundle, "--catalogue", tmp_path, "--workspace", tmp_path / "ws")
    assert "catalogue" in line


def test_a_bad_setting(refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADPLAT_HTTP_PORT", "http")
    assert "ADPLAT_HTTP_PORT" in refused("db", "check")


def test_with_json_the_error_is_a_document(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(
        ["train", str(shop / "train.yaml"), "--data", str(tmp_path / "x"), "--out", str(tmp_path / "o"), "--json"]
    )
    document = json.loads(capsys.readouterr().out)
    assert code == 2
    assert set(document["error"]) == {"kind", "what", "where", "hint"}


def test_a_wrong_option_is_the_callers_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "--no-such-option"]) == 2
    assert "--no-such-option" in capsys.readouterr().err


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
