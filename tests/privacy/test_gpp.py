"""GPP strings: the specification's examples, headers of any kind, and the opt-outs of every US section."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.privacy import UsOptOuts, read_gpp, read_us_section
from adplat.privacy.gpp import US_SECTIONS

from .consent_strings import US_FIELDS, UsSection, characters, fibonacci, gpp, number

TCF = "CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA"


# "GPP String Examples" and "Header Examples" of the specification, which pads some to whole bytes and some not.
@pytest.mark.parametrize(
    ("text", "sections"),
    [
        (f"DBABMA~{TCF}", {2: TCF}),
        (f"DBABM~{TCF}", {2: TCF}),
        (f"DBACNYA~{TCF}~1YNN", {2: TCF, 6: "1YNN"}),
        (f"DBACNY~{TCF}~1YNN", {2: TCF, 6: "1YNN"}),
        (f"DBABjw~{TCF}~1YNN", {5: TCF, 6: "1YNN"}),
    ],
)
def test_the_specification_s_examples_are_read(text: str, sections: dict[int, str]) -> None:
    assert read_gpp(text) == sections


@given(st.dictionaries(st.integers(1, 5000), st.text("ABCxyz019-_.", max_size=8), max_size=8))
def test_any_sections_come_back(sections: dict[int, str]) -> None:
    assert read_gpp(gpp(sections)) == sections


def test_a_range_of_sections_includes_both_ends() -> None:
    sections = {2: "a", 7: "b", 8: "c", 9: "d", 12: "e"}

    assert read_gpp(gpp(sections, pairs=[(2, 2), (7, 9), (12, 12)])) == sections


@pytest.mark.parametrize(
    "text",
    [
        "",
        "DBABM",  # announces a section that is not there
        "DBABM~a~b",  # one more than announced
        "CBABM~a",  # another type
        "DCABM~a",  # another version
        "DBA~a",  # cut
        "!!!!!~a",
    ],
)
def test_what_is_no_gpp_string_is_not_readable(text: str) -> None:
    assert read_gpp(text) is None


def test_a_header_that_announces_a_huge_range_is_refused_at_once() -> None:
    bits = number(3, 6) + number(1, 6) + number(1, 12) + "1" + fibonacci(7) + fibonacci(10**15)

    assert read_gpp(f"{characters(bits)}~a") is None


@given(st.text())
def test_no_text_raises(text: str) -> None:
    read_gpp(text)
    read_us_section(7, text)


@pytest.mark.parametrize("section", sorted(US_FIELDS))
def test_each_opt_out_of_each_section_is_read_from_its_own_place(section: int) -> None:
    fields = [one for one in ("sale", "sharing", "targeted_advertising") if one in US_FIELDS[section]]
    others = [one for one in US_FIELDS[section] if one not in fields]

    assert read_us_section(section, str(UsSection(section, dict.fromkeys(others, 1)))) == UsOptOuts(
        **dict.fromkeys(fields, False)
    )
    for field in fields:
        found = read_us_section(section, str(UsSection(section, {field: 1})))

        assert found == UsOptOuts(**(dict.fromkeys(fields, False) | {field: True}))
        assert found.any


def test_what_does_not_apply_is_none_and_no_opt_out() -> None:
    found = read_us_section(7, str(UsSection(7, {"sale": 0, "sharing": 0, "targeted_advertising": 0})))

    assert found == UsOptOuts(None, None, None)
    assert not found.any


@pytest.mark.parametrize("section", [7, 8, 10, 12])
def test_global_privacy_control_is_an_opt_out(section: int) -> None:
    asked = read_us_section(section, str(UsSection(section, gpc=True)))
    not_asked = read_us_section(section, str(UsSection(section, gpc=False)))

    assert asked is not None
    assert asked.global_privacy_control
    assert asked.any
    assert not_asked is not None
    assert not not_asked.any


def test_both_versions_of_the_national_section_have_their_opt_outs_in_one_place() -> None:
    assert read_us_section(7, str(UsSection(7, {"sharing": 1}, version=2))) == UsOptOuts(False, True, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "B",
        str(UsSection(9, version=9)),
        str(UsSection(9, {"sale": 3})),
        f"{UsSection(9)}.",
    ],
)
def test_a_section_that_is_cut_or_of_another_version_is_not_readable(text: str) -> None:
    assert read_us_section(9, text) is None


def test_sections_whose_layout_is_not_settled_are_not_readable() -> None:
    assert {one for one in US_SECTIONS if read_us_section(one, str(UsSection(9))) is None} >= {24, 25, 26, 27}
