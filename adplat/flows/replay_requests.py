"""Logged requests once more, through the offline path: what was served must be what training and scoring would see.

What is held against each other, for each logged candidate: everything the model was given, by feature name, and the two
scores. The offline side knows nothing of the online one: rows come from the impressions (or the logged facts of the
request, where nothing was shown), users from the user table, items from the catalogue and its pictures, histories from
the events of the lake, all encoded by ``row_arrays`` and scored by the bundle that was used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np
import polars as pl

from adplat.ctr import KeptBundle
from adplat.data import Lake, load_side_tables
from adplat.domain import Progress, StreamPosition
from adplat.features import Histories, NamedValue, RowArrays, differing, named_inputs
from adplat.features.layout import Layout
from adplat.flows.replay_past import ByDesign, Entry, TakenPast, user_pasts
from adplat.flows.replay_report import ReplayedRow, ReplayReport
from adplat.flows.replay_rows import logged_decisions, people_of, request_rows, shown_rows

_AT_ONCE = 2000
# Later than every history: what may be in it was picked before.
_EVER_S = 2**35


def replay_requests(
    folder: Path,
    bundle_folder: Callable[[str], Path],
    *,
    cache_dir: Path,
    progress: Progress,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 0,
) -> ReplayReport:
    """Replay what was logged in the lake of ``folder``, beside which the catalogue and its pictures lie.

    ``bundle_folder`` finds a bundle by its id. The ``limit`` latest decisions are replayed, 0 for all. Raises
    MissingInput (nothing logged; a bundle or a column is gone), BundleRejected, TableRejected.
    """
    logged = logged_decisions(folder, since, until, limit)
    report, done = ReplayReport(), 0
    for (bundle_id,), mine in logged.group_by("bundle_id", maintain_order=True):
        again = _Again(KeptBundle.open(bundle_folder(str(bundle_id))), folder, mine, cache_dir, progress)
        for rows in again.replayed(report):
            done += len(rows)
            progress(done, logged.height, "replaying requests")
    return report


class _Again:
    """The logged rows of one bundle, once more."""

    def __init__(
        self, kept: KeptBundle, folder: Path, logged: pl.DataFrame, cache_dir: Path, progress: Progress
    ) -> None:
        self._kept, self._folder = kept, folder
        self._layout = Layout(kept.schema)
        self._tables = load_side_tables(kept.schema, folder)
        self._items = kept.items_for(logged, self._tables, folder, cache_dir, progress)
        self._pasts = user_pasts(kept.schema, Lake(folder / "lake"), kept.histories, logged["user_key"])
        shown = shown_rows(logged, folder)
        place = pl.col("place").alias("_place")
        was_shown = logged.with_columns(place).join(shown, on=["decision_id", "_place"], how="semi")
        unseen = logged.with_columns(place).join(shown, on=["decision_id", "_place"], how="anti")
        order = ["ts", "decision_id", "_place"]
        self._sources = (
            (was_shown.sort(order), shown.sort(order), True),
            (unseen.sort(order), request_rows(unseen.sort(order), kept.schema), False),
        )

    def replayed(self, report: ReplayReport) -> Iterator[pl.DataFrame]:
        """Each stretch of rows once it is in the report."""
        for logged, rows, is_shown in self._sources:
            for start in range(0, logged.height, _AT_ONCE):
                part = logged[start : start + _AT_ONCE]
                self._replay(part, rows[start : start + _AT_ONCE], report, is_shown=is_shown)
                yield part

    def _replay(self, logged: pl.DataFrame, rows: pl.DataFrame, report: ReplayReport, *, is_shown: bool) -> None:
        pasts = [self._pasts_of(row) for row in logged.iter_rows(named=True)]
        arrays = self._arrays(logged, rows, pasts)
        scores = self._kept.scorer.score(arrays, self._items)
        for place, row in enumerate(logged.iter_rows(named=True)):
            served: dict[str, NamedValue] = {
                name: tuple(value) for name, value in msgspec.json.decode(row["features"]).items()
            }
            rebuilt = named_inputs(self._layout, arrays, self._items, place)
            p_cvr = None if scores.p_cvr is None else float(scores.p_cvr[place])
            report.add(
                ReplayedRow(
                    row["decision_id"],
                    row["creative_id"],
                    {name: (served.get(name), rebuilt.get(name)) for name in differing(served, rebuilt)},
                    len(served),
                    (row["p_ctr"], row["p_cvr"]),
                    (float(scores.p_ctr[place]), p_cvr),
                ),
                frozenset().union(*(past.by_design for past in pasts[place])) if pasts[place] else frozenset(),
                is_shown=is_shown,
            )

    def _arrays(self, logged: pl.DataFrame, rows: pl.DataFrame, pasts: list[list[TakenPast]]) -> RowArrays:
        """The rows twice through the offline path: with their true user, and with a user of their own each.

        The second gives what belongs to the one moment: the past as it was then, and what the request told of the user.
        """
        encoding, schema, layout = self._kept.scorer.encoding, self._kept.schema, self._layout
        nothing = Histories.from_entries(schema, self._kept.histories.entries().clear())
        user_table = schema.table("user")
        tables = {name: table for name, table in self._tables.items() if user_table is None or name != user_table.name}
        true = encoding.row_arrays(rows, tables, self._items, nothing)
        names = [str(number) for number in range(len(rows))]
        own = pl.Series(names, dtype=pl.String)
        columns = {layout.user_column, user_table.row_key if user_table else ""} - {""}
        alone = rows.with_columns(own.alias(name) for name in columns)
        if schema.time:
            alone = alone.with_columns(pl.lit(_EVER_S).alias(schema.time))
        if user_table is not None:
            people = people_of(logged, schema, self._tables.get(user_table.name), names)
            tables = tables if people is None else {**tables, user_table.name: people}
        moment = encoding.row_arrays(alone, tables, self._items, Histories.from_entries(schema, _entries(names, pasts)))
        told = [feature.table == user_table.name if user_table else False for feature in layout.row.categorical]
        bags = [feature.table == user_table.name if user_table else False for feature in layout.row.bags]
        numbers = [feature.table == user_table.name if user_table else False for feature in layout.row.numeric]
        return RowArrays(
            item=true.item,
            categorical=np.where(np.array(told, dtype=bool), moment.categorical, true.categorical),
            bags=np.where(np.array(bags, dtype=bool)[:, None], moment.bags, true.bags),
            numeric=np.where(np.array(numbers, dtype=bool), moment.numeric, true.numeric),
            history=moment.history,
            user=true.user,
        )

    def _pasts_of(self, row: dict[str, object]) -> list[TakenPast]:
        """Of each sequence; nothing of a user whose stored profile was not used."""
        profile, histories = str(row["profile"]), msgspec.json.decode(str(row["histories"]))
        moment = row["ts"]
        found = []
        for feature, past in zip(self._layout.sequences, self._pasts, strict=True):
            if profile != "used" or not row["user_key"]:
                named = {"withheld": {ByDesign.PROFILE_WITHHELD}, "away": {ByDesign.PROFILE_AWAY}}
                found.append(TakenPast([], named.get(profile, set())))
                continue
            served: list[Entry] = [(time_s, item) for time_s, item in histories.get(feature.name, ())]
            found.append(
                past.as_of(
                    str(row["user_key"]),
                    int(moment.timestamp()),  # type: ignore[attr-defined]  # ``ts`` is a datetime
                    StreamPosition.parse(str(row["folded_to"])),
                    StreamPosition.parse(str(row["stream_position"])),
                    served,
                )
            )
        return found


def _entries(names: list[str], pasts: list[list[TakenPast]]) -> pl.DataFrame:
    found = [
        (sequence, name, time_s, item)
        for name, mine in zip(names, pasts, strict=True)
        for sequence, past in enumerate(mine)
        for time_s, item in past.entries
    ]
    kinds = {"sequence": pl.Int32, "user": pl.String, "time_s": pl.Int64, "item_hash": pl.Int64}
    return pl.DataFrame(found, schema=kinds, orient="row")
