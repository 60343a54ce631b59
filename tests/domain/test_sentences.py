"""Fragments of sentences become sentences, and lines of libraries lines for people."""

from __future__ import annotations

import pytest

from adplat.domain import ConfigRejected, ended, plainly


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
