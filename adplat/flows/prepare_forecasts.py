"""A desk that is loaded behind the pages: nobody waits for it, and who asks too early is told so.

The first load of a lake takes half a minute or more, a forecast from what is loaded a fraction of a second. What was
answered is remembered while its data stay the same, so that a plan that is looked at and then kept is made once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from adplat.domain import AdplatError, InputError, MissingInput

if TYPE_CHECKING:
    from adplat.flows.forecast_desk import ForecastDesk
    from adplat.forecast import CampaignPlan

log = logging.getLogger(__name__)
_LOOK_S = 2.0
_AGAIN_S = 30.0
_REMEMBERED = 64


class Readiness(StrEnum):
    """``missing``: there is nothing to forecast from; why stands beside it."""

    READY = "ready"
    PREPARING = "preparing"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Prepared:
    """How far it is; ``why`` of what is missing; ``data_to`` is up to when a forecast knows what happened."""

    state: Readiness
    why: InputError | None = None
    data_to: datetime | None = None


class PreparedForecasts:
    """One for a process, for many threads.

    Example::

        if forecasts.look().state is Readiness.READY:
            forecasts.forecast(plan)["total"]["clicks"]["p50"]

    Args:
        open_desk: raises MissingInput for a place that is not there.
        has_data: raises MissingInput where there is no log to forecast from; quick, for it is asked before each load.
        refresh_s: how often the kept files are made anew where the lake is a day ahead of them; 0: never.
        begin: runs a function apart; a test may run it at once.
    """

    def __init__(
        self,
        open_desk: Callable[[], ForecastDesk],
        has_data: Callable[[], None],
        refresh_s: float,
        begin: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        self._open_desk, self._has_data, self._refresh_s = open_desk, has_data, refresh_s
        self._begin = _in_a_thread if begin is None else begin
        self._guard = threading.Lock()
        self._desk: ForecastDesk | None = None
        self._is_busy = False
        self._why: InputError | None = None
        self._looked_s = self._refreshed_s = float("-inf")
        self._remembered: OrderedDict[tuple[bytes, int, str], dict[str, Any]] = OrderedDict()

    def look(self) -> Prepared:
        """How far it is; begins to load what is not loaded or has changed, and does not wait for it."""
        with self._guard:
            if self._is_busy:
                pass
            elif self._may_look():
                self._start()
            desk, why, busy = self._desk, self._why, self._is_busy
        data_to = None if desk is None else desk.data_to
        if data_to is not None:
            return Prepared(Readiness.READY, data_to=data_to)
        if busy or why is None:
            return Prepared(Readiness.PREPARING)
        return Prepared(Readiness.MISSING, why)

    def forecast(self, plan: CampaignPlan, *, where: str = "plan") -> dict[str, Any]:
        """The document of ``forecast run``; ``look`` said that it is ready. Raises InputError as the desk does."""
        import msgspec

        desk = self._desk
        if desk is None or desk.data_to is None:
            raise MissingInput("forecasts are not prepared yet", where=where, hint="ask again in a moment")
        key = (msgspec.json.encode(plan, order="sorted"), desk.loads, "" if (at := desk.bundle()) is None else str(at))
        with self._guard:
            if key in self._remembered:
                self._remembered.move_to_end(key)
                return self._remembered[key]
        made = desk.forecast(plan, _silent, where=where)
        with self._guard:
            self._remembered[key] = made
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return made

    def owner_of(self, creative_id: str) -> str | None:
        """The advertiser of a creative that a forecast knows; ``None`` for others, and while nothing is loaded."""
        desk = self._desk
        return None if desk is None or desk.data_to is None else desk.owner_of(creative_id, _silent)

    def _may_look(self) -> bool:
        wait_s = _AGAIN_S if self._why is not None and self._desk is not None else _LOOK_S
        return time.monotonic() - self._looked_s >= wait_s

    def _start(self) -> None:
        """Under the guard. What is not there at all is told at once."""
        self._looked_s = time.monotonic()
        if self._desk is None:
            try:
                self._has_data()
                self._desk = self._open_desk()
            except InputError as error:
                self._why = error
                return
        self._why, self._is_busy = None, True
        self._begin(self._load)

    def _load(self) -> None:
        desk = self._desk
        if desk is None:
            raise RuntimeError("no desk is open")
        why: InputError | None = None
        now_s = time.monotonic()
        try:
            if self._refresh_s and desk.data_to is not None and now_s - self._refreshed_s >= self._refresh_s:
                self._refreshed_s = now_s
                desk.refresh(_silent)
            elif desk.look(_silent):
                self._refreshed_s = now_s if self._refreshed_s == float("-inf") else self._refreshed_s
        except InputError as error:
            why = error
        except (AdplatError, OSError):
            log.exception("forecasts go on from what was known")
            why = MissingInput("what forecasts stand on cannot be read", where="forecasts", hint="see the server's log")
        finally:
            with self._guard:
                self._is_busy, self._why = False, why
                self._looked_s = time.monotonic()


def _in_a_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="forecasts", daemon=True).start()


def _silent(_done: int, _total: int, _what: str) -> None:
    return
