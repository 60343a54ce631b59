"""Variants are one element apart, and directions say which options come first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adplat.generation.directions import Direction, read_directions, steered
from adplat.generation.variants import plan_variants

KINDS = st.dictionaries(
    st.sampled_from(["headline", "background", "palette", "template", "cta"]),
    st.lists(st.text("abcdef", min_size=1, max_size=3), min_size=1, max_size=5, unique=True),
    min_size=1,
)


@given(KINDS, st.integers(0, 20))
def test_every_variant_is_one_element_from_the_base_and_like_no_other(
    options: dict[str, list[str]], wanted: int
) -> None:
    found = plan_variants(options, wanted)
    possible = 1 + sum(len(values) - 1 for values in options.values())
    assert len(found) == min(wanted, possible)
    assert len({tuple(sorted(one.elements.items())) for one in found}) == len(found)
    for number, one in enumerate(found):
        changed = [kind for kind in options if one.elements[kind] != options[kind][0]]
        assert changed == ([one.differs] if number else [])


def test_each_kind_changes_once_before_one_changes_again() -> None:
    options = {"headline": ["h1", "h2", "h3"], "background": ["b1", "b2"], "cta": ["c1"]}
    assert [one.differs for one in plan_variants(options, 9)] == ["", "headline", "background", "headline"]


def test_directions_put_first_and_last_and_forbid_nothing() -> None:
    told = read_directions(["Prefer background: Studio ", "avoid background: wood", "prefer background: sky", "note"])
    assert told[0] == Direction(True, "background", "Studio") and len(told) == 3
    options = ("wood", "paper", "sky", "studio")
    assert steered("background", options, told) == ("studio", "sky", "paper", "wood")
    assert steered("cta", ("Buy", "Shop"), told) == ("Buy", "Shop")
    assert steered("background", ("wood",), told) == ("wood",)
    assert read_directions([str(one) for one in told]) == told


def test_a_ground_that_ran_is_found_by_its_style() -> None:
    told = read_directions(["prefer background: Studio:7", "avoid background: sky:3"])
    assert steered("background", ("sky", "paper", "studio"), told) == ("studio", "paper", "sky")
