"""Tables on a terminal: figures whole, words broken between them, what can be spared left out and said to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from adplat.cli.output import figure, print_table
from adplat.cli.table_layout import BETWEEN, laid_out

COLUMNS = ("campaign", "status", "spent", "projected", "ends")
LINES = [
    ["Spring sale of silk and tea (k-spring-2026)", "live", "1,000,000.00", "2,000,000.00", "2026-04-01"],
    ["春季新款连衣裙大促销活动 (k2)", "paused", "–", "–", "–"],
]


def widths(room: int | None, spare: tuple[str, ...] = ()) -> dict[str, int]:
    return {COLUMNS[one.place]: one.width for one in laid_out(COLUMNS, LINES, room, spare)}


def test_where_there_is_room_every_column_is_as_wide_as_its_longest_cell() -> None:
    assert widths(None) == {"campaign": 43, "status": 6, "spent": 12, "projected": 12, "ends": 10}
    assert widths(200) == widths(None)


def test_words_give_way_before_figures() -> None:
    told = widths(70)
    assert told == widths(None) | {"campaign": 70 - 4 * BETWEEN - 6 - 12 - 12 - 10}


def test_what_is_spared_goes_first_and_no_more_of_it_than_must() -> None:
    assert list(widths(62, ("ends", "status"))) == ["campaign", "status", "spent", "projected"]
    assert list(widths(48, ("ends", "status"))) == ["campaign", "spent", "projected"]
    assert list(widths(54, ("status", "ends"))) == ["campaign", "status", "spent", "projected"], (
        "the smaller one returns"
    )


def test_long_words_are_broken_before_figures_are_and_a_table_is_rather_too_wide() -> None:
    assert widths(42, ("ends", "status")) == {"campaign": 14, "spent": 12, "projected": 12}, "its word has 15"
    assert widths(40, ("ends", "status")) == {"campaign": 12, "spent": 12, "projected": 12}
    assert widths(10) == {"campaign": 12, "status": 6, "spent": 12, "projected": 12, "ends": 10}


def test_names_of_columns_are_broken_between_words_before_anything_else() -> None:
    [one] = laid_out(("expected by now",), [["500.00"]], 10)
    assert (one.width, one.is_figures) == (10, True)
    [one] = laid_out(("expected by now",), [["500.00"]], 3)
    assert one.width == len("expected")


@given(
    st.lists(st.lists(st.text("春a 1,.–", max_size=30), min_size=3, max_size=3), max_size=5),
    st.integers(1, 120),
)
def test_a_table_that_can_fit_does(lines: list[list[str]], room: int) -> None:
    columns = ("one", "two", "three")
    shown = laid_out(columns, lines, room, ("two",))
    total = sum(one.width for one in shown) + BETWEEN * (len(shown) - 1)
    whole = [max(len(name), *(cell_len(line[place]) for line in lines), 0) for place, name in enumerate(columns)]
    assert total <= room or "two" not in [columns[one.place] for one in shown]
    if sum(whole) + 2 * BETWEEN <= room:
        assert [one.width for one in shown] == whole
    for one in shown:
        longest = max((cell_len(line[one.place]) for line in lines), default=0)
        assert one.width >= longest or not one.is_figures, "a figure is cut"


def test_names_of_people_are_no_markup_and_move_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("[bold]title[/]", ("name", "n"), [("[red]tea[/red]", 1234), ("up\x1b[2J\r\nand away", None)])

    title, names, _, first, second = capsys.readouterr().out.splitlines()
    assert (title, names.split()) == ("[bold]title[/]", ["name", "n"])
    assert first.split() == ["[red]tea[/red]", "1,234"]
    assert second.split() == ["up", "[2J", "and", "away", "–"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ([0.1, 0.25], "0.1000 to 0.2500"),
        (["a1", "a2"], "a1, a2"),
        ({"words": "茶", "n": [1, 2]}, '{"words": "茶", "n": [1, 2]}'),
        (True, "yes"),
    ],
)
def test_a_cell_reads_as_a_person_would_write_it(value: object, shown: str) -> None:
    assert figure(value) == shown
