"""Fragments of sentences become sentences, and lines of libraries lines for people."""

from __future__ import annotations

import pytest

from adplat.domain import ConfigRejected, ended, in_one_line, plainly
from adplat.domain.sentences import without_folders


@pytest.mark.parametrize(
    ("told", "whole"),
    [
        ("name another", "name another."),
        ("why?", "why?"),
        ("no!", "no!"),
        ("done. ", "done."),
        ("已结束。", "已结束。"),
        ("为什么？", "为什么？"),
        ("", ""),
    ],
)
def test_a_full_stop_is_added_only_where_nothing_ends_the_sentence(told: str, whole: str) -> None:
    assert ended(told) == whole


def test_no_colon_stands_behind_a_question() -> None:
    assert str(ConfigRejected("how much do units differ?", hint="tell it")) == "how much do units differ? tell it"
    assert str(ConfigRejected("why?", where="reason", hint="say it")) == "why? (reason): say it"
    assert str(ConfigRejected("no such file", hint="give one")) == "no such file: give one"


@pytest.mark.parametrize(
    ("told", "plain"),
    [
        ("Value error, 'king' is not one of 'admin'.", "'king' is not one of 'admin'"),
        ("Input should be a valid integer, unable to parse string as an integer", "it must be a whole number"),
        ("Input should be less than or equal to 65535", "it must be less than or equal to 65535"),
        (
            "Missing option '--role'. Choose from:\n\tadmin,\n\toperator",
            "Missing option '--role'. Choose from: admin, operator",
        ),
    ],
)
def test_what_libraries_say_is_one_plain_line(told: str, plain: str) -> None:
    assert plainly(told) == plain


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("cannot open '/srv/tea/lake/clicks/part-1.parquet' (os error 2)", "cannot open 'part-1.parquet' (os error 2)"),
        ("/srv/tea/rows.csv, row 3", "rows.csv, row 3"),
        ("unable to open sqlite:////srv/tea/adplat.db", "unable to open adplat.db"),
        ("see /openapi.json, or GET /v1/saved-reports/r1", "see /openapi.json, or GET /v1/saved-reports/r1"),
        ("https://tea.example/spring/sale is no picture", "https://tea.example/spring/sale is no picture"),
        ("images/3/a.png or ../4/b.png", "images/3/a.png or ../4/b.png"),
    ],
)
def test_files_are_named_without_their_folders_and_addresses_stay_whole(told: str, shown: str) -> None:
    assert without_folders(told) == shown


def test_what_a_library_said_is_one_line_with_files_named_from_their_root_on() -> None:
    said = ValueError("no magic bytes\nin /srv/lake/clicks/hour=1/a.parquet, spilled to /tmp/x/y")
    assert in_one_line(said, "/srv/lake") == "no magic bytes in clicks/hour=1/a.parquet, spilled to y"
    assert in_one_line(ValueError("long " * 100), longest=9) == "long long"
    assert in_one_line(MemoryError()) == "MemoryError"
