"""The YAML form: round trip, shipped files, and refusals that name the near key."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from adplat.data import read_config, read_feature_schema, read_yaml, write_feature_schema
from adplat.data.data_config import DataConfig
from adplat.data.importers.open_bandit import OPEN_BANDIT_SCHEMA
from adplat.domain import ConfigRejected, FeatureKind, MissingInput
from tests.data.builders import REPOSITORY, refusal, shop_schema

SCHEMAS = REPOSITORY / "configs" / "schemas"
SHIPPED = sorted(SCHEMAS.glob("*.yaml"))
SMALL = """
name: s
time: ts
user: u
item: i
outcomes: [{name: click, column: click}]
features: [{name: device, kind: categorical}]
"""


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_schema_survives_writing(path: Path, tmp_path: Path) -> None:
    schema = read_feature_schema(path)
    write_feature_schema(schema, tmp_path / "schema.yaml")
    assert read_feature_schema(tmp_path / "schema.yaml") == schema
    assert read_feature_schema(tmp_path / "schema.yaml").digest() == schema.digest()
    assert schema.name == path.stem


def test_the_shipped_schemas_are_all_there_and_say_what_they_should() -> None:
    names = {path.stem for path in SHIPPED}
    assert {"movielens_posters", "movielens_small", "frappe", "open_bandit", "marketplace"} <= names
    world = read_feature_schema(SCHEMAS / "marketplace.yaml")
    assert [outcome.name for outcome in world.outcomes] == ["click", "conversion"]
    assert world.of_kind(FeatureKind.TEXT)[0].columns == ("headline", "body", "cta")
    assert read_feature_schema(SCHEMAS / "open_bandit.yaml") == OPEN_BANDIT_SCHEMA


def test_writing_leaves_out_what_is_default(tmp_path: Path) -> None:
    write_feature_schema(shop_schema(), tmp_path / "s.yaml")
    text = (tmp_path / "s.yaml").read_text(encoding="utf-8")
    assert "min_count" not in text
    assert "vocabulary" not in text


def rejected(folder: Path, text: str) -> str:
    path = folder / "s.yaml"
    path.write_text(text, encoding="utf-8")
    line = refusal(ConfigRejected, lambda: read_feature_schema(path))
    assert str(path) in line
    return line


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("kind: categorical", "kind: categorical, seperator: x", "did you mean 'separator'?"),
        ("outcomes", "outcome", "did you mean 'outcomes'?"),
        ("kind: categorical", "kind: category", "features[0].kind): known: categorical, image, numeric"),
        ("kind: categorical", "kind: sequence, length: 3, outcome: purchase", "unknown outcome 'purchase'"),
        ("kind: categorical", "kind: numeric, table: users", "not declared"),
        ("name: device", "name: click", "outcome column 'click'"),
        ("name: s", "name: s\nversion: 2", "version 2"),
        ("name: s", "name: s\nname: t", "given twice"),
        ("user: u", "tables: [{name: a, file: ../a.csv, key: k}]", "not inside the folder"),
        ("[{name: device, kind: categorical}]", "[]", "no features"),
        ("user: u", "tables: [{name: a, file: a.csv, key: k, role: person}]", "role 'person'"),
    ],
)
def test_a_bad_schema_is_refused_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert told in rejected(tmp_path, SMALL.replace(old, new))


def test_a_sequence_needs_a_user(tmp_path: Path) -> None:
    text = SMALL.replace("user: u\n", "").replace("kind: categorical", "kind: sequence, length: 3, outcome: click")
    assert "needs the schema's 'user' column" in rejected(tmp_path, text)


def test_files_that_are_no_yaml_mapping(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    refusal(MissingInput, lambda: read_yaml(path))
    refusal(ConfigRejected, lambda: read_yaml(tmp_path))
    for content in (b"a: [1", b"- 1\n", b"", b"\xff\xfe\x00"):
        path.write_bytes(content)
        refusal(ConfigRejected, lambda: read_yaml(path))


def test_a_config_is_read_strictly(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("valid_fraction: 0.2\n", encoding="utf-8")
    assert read_config(path, DataConfig) == DataConfig(valid_fraction=0.2)
    path.write_text("valid_faction: 0.2\n", encoding="utf-8")
    assert "'valid_fraction'" in refusal(ConfigRejected, lambda: read_config(path, DataConfig))
    path.write_text("sample: many\n", encoding="utf-8")
    assert "int" in refusal(ConfigRejected, lambda: read_config(path, DataConfig))


def test_reading_yaml_does_not_cost_polars() -> None:
    code = "import sys, adplat.data.configs, adplat.data; print('polars' in sys.modules, 'duckdb' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]
