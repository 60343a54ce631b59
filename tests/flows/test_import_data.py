"""The import verb: finds the format, gives plain values, refuses an unknown one."""

from __future__ import annotations

import json
from pathlib import Path

from adplat.domain import ConfigRejected
from adplat.flows.import_data import import_data
from tests.data.builders import refusal, silent


def test_a_format_is_imported_and_told(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("1 3:1\n0 4:1\n", encoding="utf-8")
    out = tmp_path / "out"
    summary = import_data("libfm", tmp_path / "log.txt", out, schema_path=None, progress=silent)
    assert json.loads(json.dumps(summary)) == summary
    assert summary["rows"] == {"rows.parquet": 2}
    assert sorted(path.name for path in out.iterdir()) == ["provenance.json", "rows.parquet", "schema.yaml"]


def test_an_unknown_format_names_the_near_one(tmp_path: Path) -> None:
    for name, told in [("open_bandit", "did you mean 'open-bandit'?"), ("xml", "known formats: open-bandit")]:
        line = refusal(
            ConfigRejected,
            lambda name=name: import_data(name, tmp_path, tmp_path / "o", schema_path=None, progress=silent),
        )
        assert told in line
    assert not (tmp_path / "o").exists()
