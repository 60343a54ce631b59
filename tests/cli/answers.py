"""What a command prints, for machines and for people."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adplat.cli import run


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    """The document that it prints with ``--json``."""
    capsys.readouterr()
    assert run([*words, "--json"]) == code
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    """Its output and its errors; none of them a traceback."""
    capsys.readouterr()
    assert run(list(words)) == code
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    return shown.out, shown.err
