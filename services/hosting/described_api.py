"""An OpenAPI 3.1 document from a table of operations; every service that answers JSON over HTTP describes itself so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from services.hosting.answers import ErrorAnswer

TROUBLES = {
    "401": "no API key that holds",
    "403": "the caller may not do this",
    "404": "an id that names nothing",
    "413": "the body is too large",
    "415": "packed by something else than gzip",
    "422": "the request is wrong",
    "503": "busy, or a store is away: send it again",
    "504": "not within the deadline",
}
_OF_A_BODY = ("413", "415", "504")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path.

    Args:
        summary: what it is for, in one line.
        answer: what comes back; ``None``: bytes of ``media_types``.
        query: names and JSON types.
        needs_key: whether callers have to be known.
    """

    method: str
    path: str
    name: str
    summary: str
    answer: type | None
    body: type | None = None
    status: str = "200"
    query: tuple[tuple[str, str], ...] = ()
    media_types: tuple[str, ...] = ()
    needs_key: bool = True


def openapi_document(
    title: str,
    version: str,
    operations: Sequence[Operation],
    troubles: Mapping[str, str] = TROUBLES,
    closed: Sequence[str] = (),
) -> bytes:
    """As JSON; of the schemas named in ``closed`` no other fields are taken."""
    kinds = [kind for one in operations for kind in (one.body, one.answer) if kind is not None]
    _, components = msgspec.json.schema_components([*kinds, ErrorAnswer], ref_template="#/components/schemas/{name}")
    for name in closed:
        components[name]["additionalProperties"] = False
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method] = _described(one, troubles)
    document = {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "header": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
        },
    }
    return msgspec.json.encode(document)


def _described(one: Operation, troubles: Mapping[str, str]) -> dict[str, Any]:
    answered = _content(one.answer) if one.answer is not None else {kind: {"schema": {}} for kind in one.media_types}
    described: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "responses": {one.status: {"description": "done", "content": answered}},
    }
    in_path = [part[1:-1] for part in one.path.split("/") if part.startswith("{")]
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in in_path]
    parameters += [{"name": name, "in": "query", "schema": {"type": kind}} for name, kind in one.query]
    if parameters:
        described["parameters"] = parameters
    if not one.needs_key:
        return described
    # Either, or none where the service demands none.
    described["security"] = [{"bearer": []}, {"header": []}, {}]
    if one.body is not None:
        described["requestBody"] = {"required": True, "content": _content(one.body)}
    described["responses"] |= {
        status: {"description": meaning, "content": _content(ErrorAnswer)}
        for status, meaning in troubles.items()
        if one.body is not None or status not in _OF_A_BODY
    }
    return described


def _content(kind: type) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{kind.__name__}"}}}
