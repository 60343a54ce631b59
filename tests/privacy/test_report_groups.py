"""A cut tells no value, leaves no rest, and meets no earlier cut, so that a few people are left over."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.privacy import SeenRow, group_of, values_to_tell

LEAST = 3


def rows_of(*groups: tuple[str, int], cell: object = "only", atom: tuple[int, ...] = ()) -> list[SeenRow]:
    """Some rows of as many people for each value; nobody is in two of them."""
    return [
        SeenRow(f"{value}-{atom}-{cell}-{number}", value, atom, cell)
        for value, count in groups
        for number in range(count)
    ]


def test_values_with_enough_people_are_told_and_the_small_ones_together() -> None:
    assert values_to_tell(rows_of(("phone", 5), ("desktop", 4), ("tablet", 2), ("tv", 1)), LEAST) == (
        "desktop",
        "phone",
    )


def test_many_showings_of_few_people_are_few_people() -> None:
    rows = rows_of(("phone", 5)) + [SeenRow(f"u{number % 2}", "tv", (), "only") for number in range(100)]

    assert values_to_tell(rows, LEAST) == ()


def test_a_rest_of_a_few_takes_the_smallest_value_with_it() -> None:
    assert values_to_tell(rows_of(("phone", 9), ("desktop", 4), ("tablet", 1)), LEAST) == ("phone",)


def test_nothing_is_told_of_a_block_of_a_few() -> None:
    assert values_to_tell(rows_of(("phone", 2)), LEAST) == ()
    assert values_to_tell([], LEAST) == ()


def test_people_whom_nobody_knows_count_for_nobody() -> None:
    assert values_to_tell([SeenRow(None, "phone", (), "only") for _ in range(50)], LEAST) == ()


def test_a_cut_that_would_meet_an_earlier_one_in_a_few_is_made_coarser() -> None:
    """Countries were told (0: CN); a region that is all of CN but two people would leave those two over."""
    cn, rest = (0,), (-1,)
    rows = rows_of(("north", 8), ("south", 2), atom=cn) + rows_of(("west", 2), ("east", 9), atom=rest)

    assert values_to_tell(rows, 3) == ("east",) or values_to_tell(rows, 3) == ()
    assert values_to_tell(rows, 2) == ("east", "north", "south", "west")


def test_a_placement_that_only_phones_have_leaves_no_few_phones_elsewhere() -> None:
    rows = rows_of(("phone", 9), cell="app") + rows_of(("phone", 2), ("desktop", 9), cell="web")

    assert values_to_tell(rows, LEAST) == ()
    rows = rows_of(("phone", 9), cell="app") + rows_of(("phone", 4), ("desktop", 9), cell="web")
    assert values_to_tell(rows, LEAST) == ("desktop", "phone")


A_ROW = st.tuples(
    st.integers(0, 14),
    st.sampled_from("abcd"),
    st.sampled_from("xyz"),
    st.sampled_from("mn"),
    st.sampled_from(("p", "q")),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(A_ROW, max_size=60), st.integers(1, 5))
def test_whatever_was_cut_in_whatever_order_no_atom_holds_a_few(
    told: list[tuple[int, str, str, str, str]], least: int
) -> None:
    atoms: list[tuple[int, ...]] = [() for _ in told]
    for place in (1, 2, 3):
        rows = [
            SeenRow(f"u{one[0]}" if one[0] else None, str(one[place]), atom, one[4])
            for one, atom in zip(told, atoms, strict=True)
        ]
        shown = values_to_tell(rows, least)
        atoms = [(*atom, group_of(row.value, shown)) for row, atom in zip(rows, atoms, strict=True)]

    people: dict[tuple[int, ...], set[int]] = {}
    for one, atom in zip(told, atoms, strict=True):
        people.setdefault(atom, set()).update({one[0]} - {0})
    untouched = {(-1, -1, -1)} if len(people) == 1 else set()  # the whole block: nothing was told of it
    assert all(len(found) >= least for atom, found in people.items() if atom not in untouched)
