from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.dimension import Dimension
from ...models.online_out import OnlineOut
from ...models.problem import Problem
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    *,
    days: int | Unset = 14,
    by: Dimension | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["days"] = days

    json_by: str | Unset = UNSET
    if not isinstance(by, Unset):
        json_by = by.value

    params["by"] = json_by

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/models/online",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> OnlineOut | Problem | None:
    if response.status_code == 200:
        response_200 = OnlineOut.from_dict(response.json())

        return response_200

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[OnlineOut | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    days: int | Unset = 14,
    by: Dimension | Unset = UNSET,
) -> Response[OnlineOut | Problem]:
    """Read Online Pcoc

     Expected over observed clicks of the last days, with exact intervals, beside the bundles that were
    live.

    Args:
        days (int | Unset):  Default: 14.
        by (Dimension | Unset): What rows are told apart by.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OnlineOut | Problem]
    """

    kwargs = _get_kwargs(
        days=days,
        by=by,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    days: int | Unset = 14,
    by: Dimension | Unset = UNSET,
) -> OnlineOut | Problem | None:
    """Read Online Pcoc

     Expected over observed clicks of the last days, with exact intervals, beside the bundles that were
    live.

    Args:
        days (int | Unset):  Default: 14.
        by (Dimension | Unset): What rows are told apart by.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OnlineOut | Problem
    """

    return sync_detailed(
        client=client,
        days=days,
        by=by,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    days: int | Unset = 14,
    by: Dimension | Unset = UNSET,
) -> Response[OnlineOut | Problem]:
    """Read Online Pcoc

     Expected over observed clicks of the last days, with exact intervals, beside the bundles that were
    live.

    Args:
        days (int | Unset):  Default: 14.
        by (Dimension | Unset): What rows are told apart by.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OnlineOut | Problem]
    """

    kwargs = _get_kwargs(
        days=days,
        by=by,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    days: int | Unset = 14,
    by: Dimension | Unset = UNSET,
) -> OnlineOut | Problem | None:
    """Read Online Pcoc

     Expected over observed clicks of the last days, with exact intervals, beside the bundles that were
    live.

    Args:
        days (int | Unset):  Default: 14.
        by (Dimension | Unset): What rows are told apart by.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OnlineOut | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            days=days,
            by=by,
        )
    ).parsed
