from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.page_out_waiting_out import PageOutWaitingOut
from ...models.problem import Problem
from ...models.review_verdict import ReviewVerdict
from ...models.waits import Waits
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    *,
    kind: None | Unset | Waits = UNSET,
    advertiser_id: str | Unset = "",
    verdict: None | ReviewVerdict | Unset = UNSET,
    limit: int | Unset = 24,
    cursor: str | Unset = "",
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_kind: None | str | Unset
    if isinstance(kind, Unset):
        json_kind = UNSET
    elif isinstance(kind, Waits):
        json_kind = kind.value
    else:
        json_kind = kind
    params["kind"] = json_kind

    params["advertiser_id"] = advertiser_id

    json_verdict: None | str | Unset
    if isinstance(verdict, Unset):
        json_verdict = UNSET
    elif isinstance(verdict, ReviewVerdict):
        json_verdict = verdict.value
    else:
        json_verdict = verdict
    params["verdict"] = json_verdict

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/queue",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PageOutWaitingOut | Problem | None:
    if response.status_code == 200:
        response_200 = PageOutWaitingOut.from_dict(response.json())

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


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[PageOutWaitingOut | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    kind: None | Unset | Waits = UNSET,
    advertiser_id: str | Unset = "",
    verdict: None | ReviewVerdict | Unset = UNSET,
    limit: int | Unset = 24,
    cursor: str | Unset = "",
) -> Response[PageOutWaitingOut | Problem]:
    """List Queue

     What waits, with what its review found; a page may be shorter than its limit and have a next one.

    Args:
        kind (None | Unset | Waits): none: uploads first, then drafts
        advertiser_id (str | Unset):  Default: ''.
        verdict (None | ReviewVerdict | Unset): what its review found
        limit (int | Unset):  Default: 24.
        cursor (str | Unset): next of the page before Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageOutWaitingOut | Problem]
    """

    kwargs = _get_kwargs(
        kind=kind,
        advertiser_id=advertiser_id,
        verdict=verdict,
        limit=limit,
        cursor=cursor,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    kind: None | Unset | Waits = UNSET,
    advertiser_id: str | Unset = "",
    verdict: None | ReviewVerdict | Unset = UNSET,
    limit: int | Unset = 24,
    cursor: str | Unset = "",
) -> PageOutWaitingOut | Problem | None:
    """List Queue

     What waits, with what its review found; a page may be shorter than its limit and have a next one.

    Args:
        kind (None | Unset | Waits): none: uploads first, then drafts
        advertiser_id (str | Unset):  Default: ''.
        verdict (None | ReviewVerdict | Unset): what its review found
        limit (int | Unset):  Default: 24.
        cursor (str | Unset): next of the page before Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageOutWaitingOut | Problem
    """

    return sync_detailed(
        client=client,
        kind=kind,
        advertiser_id=advertiser_id,
        verdict=verdict,
        limit=limit,
        cursor=cursor,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    kind: None | Unset | Waits = UNSET,
    advertiser_id: str | Unset = "",
    verdict: None | ReviewVerdict | Unset = UNSET,
    limit: int | Unset = 24,
    cursor: str | Unset = "",
) -> Response[PageOutWaitingOut | Problem]:
    """List Queue

     What waits, with what its review found; a page may be shorter than its limit and have a next one.

    Args:
        kind (None | Unset | Waits): none: uploads first, then drafts
        advertiser_id (str | Unset):  Default: ''.
        verdict (None | ReviewVerdict | Unset): what its review found
        limit (int | Unset):  Default: 24.
        cursor (str | Unset): next of the page before Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageOutWaitingOut | Problem]
    """

    kwargs = _get_kwargs(
        kind=kind,
        advertiser_id=advertiser_id,
        verdict=verdict,
        limit=limit,
        cursor=cursor,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    kind: None | Unset | Waits = UNSET,
    advertiser_id: str | Unset = "",
    verdict: None | ReviewVerdict | Unset = UNSET,
    limit: int | Unset = 24,
    cursor: str | Unset = "",
) -> PageOutWaitingOut | Problem | None:
    """List Queue

     What waits, with what its review found; a page may be shorter than its limit and have a next one.

    Args:
        kind (None | Unset | Waits): none: uploads first, then drafts
        advertiser_id (str | Unset):  Default: ''.
        verdict (None | ReviewVerdict | Unset): what its review found
        limit (int | Unset):  Default: 24.
        cursor (str | Unset): next of the page before Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageOutWaitingOut | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            kind=kind,
            advertiser_id=advertiser_id,
            verdict=verdict,
            limit=limit,
            cursor=cursor,
        )
    ).parsed
