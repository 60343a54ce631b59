"""What becomes of a request that is computed in threads: its answer, or one line in place of it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import msgspec

from adplat.domain import AdplatError, InputError
from services.hosting.answers import UNFORESEEN, ErrorAnswer, Reply, refused
from services.hosting.computing import NotInTime, TooManyWait

log = logging.getLogger(__name__)


async def answered(work: Callable[[], Awaitable[Reply]], deadline_s: float, late_hint: str, busy: ErrorAnswer) -> Reply:
    """``late_hint`` is for who would have to wait longer than ``deadline_s``, ``busy`` for who finds no place."""
    try:
        return await work()
    except AdplatError as error:
        if not isinstance(error, InputError):
            log.exception("a request failed by our fault")
        return refused(error)
    except NotInTime:
        return Reply(504, msgspec.json.encode(ErrorAnswer(f"not within {deadline_s:g} s", "", late_hint)))
    except TooManyWait:
        return Reply(503, msgspec.json.encode(busy))
    except Exception:
        log.exception("a request failed unforeseen")
        return Reply(500, msgspec.json.encode(UNFORESEEN))
