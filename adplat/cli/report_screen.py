"""A report on a terminal: few metrics unless more are asked for, names instead of ids, nothing cut that is a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from adplat.cli.output import on_a_terminal, print_table, say

if TYPE_CHECKING:
    from adplat.domain import Condition
    from adplat.flows.why_nothing import WhyNothing
    from adplat.reporting import ReportTable

MOST_SHOWN = 200
SHOWN_METRICS = ("impressions", "clicks", "ctr", "conversions", "spend", "cpa", "roas")
SPARE_METRICS = ("roas", "cpa", "conversions")
NAME = "_name"
ONE_CURRENCY = 1


def show_report(table: ReportTable, *, all_metrics: bool) -> None:
    """Print it; ``all_metrics``: also those that few people look at, as wide as that becomes.

    What goes into a file or another program is told in full: every row, every metric, ids beside names.
    """
    from adplat.reporting import cell_for_people

    whole = not on_a_terminal()
    rows = [*(table.rows if whole else table.rows[:MOST_SHOWN]), *table.totals]
    titles = {} if whole else titles_of(table, rows)
    shown = [place for place, column in enumerate(table.columns) if whole or _is_shown(table, rows, place, all_metrics)]
    lines = [
        tuple(
            titles.get((table.columns[place].name, row[place]))
            or cell_for_people(row[place], table.columns[place].unit)
            for place in shown
        )
        for row in rows
    ]
    columns = [table.columns[place] for place in shown]
    spare = [] if all_metrics else [one.label for name in SPARE_METRICS for one in columns if one.name == name]
    print_table(table.title, tuple(one.label for one in columns), lines, spare=spare)
    if len(table.rows) > MOST_SHOWN and not whole:
        say(f"{len(table.rows) - MOST_SHOWN:,} more rows: --csv FILE or --json tells all")
    left_out = [one.name for one in table.columns if one.unit is not None and one not in columns]
    if left_out:
        say(f"not shown: {', '.join(left_out)}; --metrics all or --json tells them")
    for label, value in table.facts.items():
        say(f"{label}: {value}")


def say_why_nothing(why: WhyNothing, conditions: Sequence[Condition]) -> None:
    """What a report without rows says: under which conditions, whether anything has the ids, when something was."""
    if conditions:
        say(f"nothing of these days matches {' and '.join(one.text for one in conditions)}")
    for dimension, ids in why.unknown_ids.items():
        say(f"no {dimension} has the id {', or '.join(ids)}")
    if why.last_counted_day is None:
        say("nothing was ever counted in this workspace")
    else:
        say(f"something was last counted on {why.last_counted_day} (UTC)")


def _is_shown(table: ReportTable, rows: Sequence[Sequence[object]], place: int, all_metrics: bool) -> bool:
    column = table.columns[place]
    if column.unit is not None:
        return all_metrics or column.name in SHOWN_METRICS
    if column.name == "currency":  # where there is but one, the line about money tells it
        return len({row[place] for row in rows}) > ONE_CURRENCY
    return not (column.name.endswith(NAME) and column.name.removesuffix(NAME) in {one.name for one in table.columns})


def titles_of(table: ReportTable, rows: Sequence[Sequence[object]]) -> dict[tuple[str, object], str]:
    """By column and id, what people call it; with the id where two have one name."""
    places = {column.name: place for place, column in enumerate(table.columns)}
    found: dict[tuple[str, object], str] = {}
    for name in places:
        if name + NAME not in places:
            continue
        named = {row[places[name]]: str(row[places[name + NAME]] or "") for row in rows}
        names = list(named.values())
        found |= {
            (name, key): title if names.count(title) == 1 else f"{title} ({key})"
            for key, title in named.items()
            if title
        }
    return found
