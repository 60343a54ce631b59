"""Long lists over HTTP: ``filter`` (one or more), ``order``, ``limit`` and ``cursor`` become a ListRequest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query

from adplat.domain import LARGEST_PAGE, ListRequest, Page, condition_from

Item = TypeVar("Item")


def asked_list(
    filter_: Annotated[
        list[str], Query(alias="filter", description="FIELD OP VALUE, such as status=live|paused; again for another")
    ] = [],  # noqa: B006 - FastAPI copies it
    order: Annotated[str, Query(description="a field; - before it for the largest first")] = "",
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 50,
    cursor: Annotated[str, Query(description="next of the page before")] = "",
) -> ListRequest:
    """Raises ConfigRejected; of fields and values the list itself does."""
    return ListRequest(tuple(condition_from(one) for one in filter_), order, limit, cursor)


def page_document(page: Page[Item], document: Callable[[Item], dict[str, Any]]) -> dict[str, Any]:
    """``items``, and ``next`` (null at the end)."""
    return {"items": [document(one) for one in page.items], "next": page.next or None}


Listed = Annotated[ListRequest, Depends(asked_list)]
"""Of a handler: which part of a list is wanted."""
