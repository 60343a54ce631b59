from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.made_caller_key_out import MadeCallerKeyOut
from ...models.problem import Problem
from ...models.rotate_in import RotateIn
from typing import cast


def _get_kwargs(
    caller_id: str,
    key_id: str,
    *,
    body: RotateIn,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/callers/{caller_id}/keys/{key_id}/rotate".format(
            caller_id=quote(str(caller_id), safe=""),
            key_id=quote(str(key_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> MadeCallerKeyOut | Problem | None:
    if response.status_code == 201:
        response_201 = MadeCallerKeyOut.from_dict(response.json())

        return response_201

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[MadeCallerKeyOut | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    caller_id: str,
    key_id: str,
    *,
    client: AuthenticatedClient,
    body: RotateIn,
) -> Response[MadeCallerKeyOut | Problem]:
    """Replace Key

     A new key in its place, for as long as that was made for unless it says so; the old one holds for a
    while yet.

    Args:
        caller_id (str):
        key_id (str):
        body (RotateIn): ``days`` null: as many as the old key was made for; ``old_hours``: how
            long that holds yet.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MadeCallerKeyOut | Problem]
    """

    kwargs = _get_kwargs(
        caller_id=caller_id,
        key_id=key_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    caller_id: str,
    key_id: str,
    *,
    client: AuthenticatedClient,
    body: RotateIn,
) -> MadeCallerKeyOut | Problem | None:
    """Replace Key

     A new key in its place, for as long as that was made for unless it says so; the old one holds for a
    while yet.

    Args:
        caller_id (str):
        key_id (str):
        body (RotateIn): ``days`` null: as many as the old key was made for; ``old_hours``: how
            long that holds yet.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MadeCallerKeyOut | Problem
    """

    return sync_detailed(
        caller_id=caller_id,
        key_id=key_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    caller_id: str,
    key_id: str,
    *,
    client: AuthenticatedClient,
    body: RotateIn,
) -> Response[MadeCallerKeyOut | Problem]:
    """Replace Key

     A new key in its place, for as long as that was made for unless it says so; the old one holds for a
    while yet.

    Args:
        caller_id (str):
        key_id (str):
        body (RotateIn): ``days`` null: as many as the old key was made for; ``old_hours``: how
            long that holds yet.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MadeCallerKeyOut | Problem]
    """

    kwargs = _get_kwargs(
        caller_id=caller_id,
        key_id=key_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    caller_id: str,
    key_id: str,
    *,
    client: AuthenticatedClient,
    body: RotateIn,
) -> MadeCallerKeyOut | Problem | None:
    """Replace Key

     A new key in its place, for as long as that was made for unless it says so; the old one holds for a
    while yet.

    Args:
        caller_id (str):
        key_id (str):
        body (RotateIn): ``days`` null: as many as the old key was made for; ``old_hours``: how
            long that holds yet.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MadeCallerKeyOut | Problem
    """

    return (
        await asyncio_detailed(
            caller_id=caller_id,
            key_id=key_id,
            client=client,
            body=body,
        )
    ).parsed
