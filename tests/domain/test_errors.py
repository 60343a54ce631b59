"""Every error says what, where and how to mend it, and knows its exit code."""

from __future__ import annotations

import inspect

import pytest

from adplat.domain import errors

ALL = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.AdplatError)]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_error_reads_as_one_line(kind: type[errors.AdplatError]) -> None:
    error = kind("no such file", where="rows.parquet", hint="check the path")
    assert str(error) == "no such file (rows.parquet): check the path"
    assert str(kind("no such file", hint="check the path")) == "no such file: check the path"


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_input_errors_exit_with_2_and_faults_with_1(kind: type[errors.AdplatError]) -> None:
    assert kind.exit_code == (2 if issubclass(kind, errors.InputError) else 1)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_the_tree_in_the_docstring_is_complete(kind: type[errors.AdplatError]) -> None:
    assert kind.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_others_hear_the_same_but_not_where_files_lie(kind: type[errors.AdplatError]) -> None:
    error = kind(
        "a part of /srv/lake/clicks is cut", where="/srv/lake, row 3", hint="see /srv/lake/log", detail={"a": 1}
    )
    told = error.for_others()
    assert (type(told), str(told), told.detail) == (kind, "a part of clicks is cut: see log", {"a": 1})
    named = kind("no such column", where="rows.parquet", hint="see /openapi.json")
    assert str(named.for_others()) == str(named)
