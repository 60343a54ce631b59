"""What stands behind the ? of an address of the API: only what its operation reads. A filter that nobody reads would
answer everything, and whoever asked would take it for what was asked."""

from __future__ import annotations

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute

from services.admin.asking import door_of
from services.admin.problems import Refused, is_of_programs

_LONGEST_TOLD = 60
_CONDITIONS = "filter"


async def require_known_parameters(request: Request) -> None:
    """Before every handler; pages say by themselves what they did not understand. Raises Refused (422, 429)."""
    route, told = request.scope.get("route"), request.query_params.keys()
    if not told or not isinstance(route, APIRoute) or not is_of_programs(request.url.path):
        return
    known = parameters_of(route)
    unknown = next((name for name in told if name not in known), None)
    if unknown is None:
        return
    # Nobody has looked yet who asks, so it counts by its address.
    await run_in_threadpool(door_of(request).budgets.spend_unknown, request)
    shown = unknown[:_LONGEST_TOLD]
    raise Refused(422, f"there is no parameter {shown!r} here", shown, _hint(known))


def parameters_of(route: APIRoute) -> tuple[str, ...]:
    """What an operation reads from the query, its dependencies' too, in the order of the document."""
    asked = get_flat_params(route.dependant)
    return tuple(dict.fromkeys(one.alias for one in asked if isinstance(one.field_info, Query)))


def _hint(known: tuple[str, ...]) -> str:
    if not known:
        return "it takes none"
    condition = f"; a condition is written {_CONDITIONS}=FIELD=VALUE" if _CONDITIONS in known else ""
    return f"it takes {', '.join(known)}{condition}"
