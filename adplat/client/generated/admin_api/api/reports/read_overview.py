from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.overview_out import OverviewOut
from ...models.period_name import PeriodName
from ...models.problem import Problem
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    *,
    period: PeriodName | Unset = UNSET,
    advertiser_id: str | Unset = "",
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_period: str | Unset = UNSET
    if not isinstance(period, Unset):
        json_period = period.value

    params["period"] = json_period

    params["advertiser_id"] = advertiser_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/overview",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> OverviewOut | Problem | None:
    if response.status_code == 200:
        response_200 = OverviewOut.from_dict(response.json())

        return response_200

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

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
) -> Response[OverviewOut | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    period: PeriodName | Unset = UNSET,
    advertiser_id: str | Unset = "",
) -> Response[OverviewOut | Problem]:
    """Read Overview

     By currency: the period, the days before it, today so far, and each day.

    Args:
        period (PeriodName | Unset): Stretches that people choose from.
        advertiser_id (str | Unset): empty: of all Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OverviewOut | Problem]
    """

    kwargs = _get_kwargs(
        period=period,
        advertiser_id=advertiser_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    period: PeriodName | Unset = UNSET,
    advertiser_id: str | Unset = "",
) -> OverviewOut | Problem | None:
    """Read Overview

     By currency: the period, the days before it, today so far, and each day.

    Args:
        period (PeriodName | Unset): Stretches that people choose from.
        advertiser_id (str | Unset): empty: of all Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OverviewOut | Problem
    """

    return sync_detailed(
        client=client,
        period=period,
        advertiser_id=advertiser_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    period: PeriodName | Unset = UNSET,
    advertiser_id: str | Unset = "",
) -> Response[OverviewOut | Problem]:
    """Read Overview

     By currency: the period, the days before it, today so far, and each day.

    Args:
        period (PeriodName | Unset): Stretches that people choose from.
        advertiser_id (str | Unset): empty: of all Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OverviewOut | Problem]
    """

    kwargs = _get_kwargs(
        period=period,
        advertiser_id=advertiser_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    period: PeriodName | Unset = UNSET,
    advertiser_id: str | Unset = "",
) -> OverviewOut | Problem | None:
    """Read Overview

     By currency: the period, the days before it, today so far, and each day.

    Args:
        period (PeriodName | Unset): Stretches that people choose from.
        advertiser_id (str | Unset): empty: of all Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OverviewOut | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            period=period,
            advertiser_id=advertiser_id,
        )
    ).parsed
