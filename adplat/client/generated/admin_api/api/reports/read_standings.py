from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem import Problem
from ...models.standings_out import StandingsOut
from typing import cast
import datetime


def _get_kwargs(
    campaign_id: str,
    *,
    since: datetime.date,
    until: datetime.date,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_since = since.isoformat()
    params["since"] = json_since

    json_until = until.isoformat()
    params["until"] = json_until

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/reports/creatives/{campaign_id}".format(
            campaign_id=quote(str(campaign_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | StandingsOut | None:
    if response.status_code == 200:
        response_200 = StandingsOut.from_dict(response.json())

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
) -> Response[Problem | StandingsOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    campaign_id: str,
    *,
    client: AuthenticatedClient,
    since: datetime.date,
    until: datetime.date,
) -> Response[Problem | StandingsOut]:
    """Read Standings

     A campaign's creatives with intervals, how likely each is the best, and whether it tires; days of
    UTC.

    Args:
        campaign_id (str):
        since (datetime.date): the first day, such as 2026-03-01
        until (datetime.date): the day before which it ends

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | StandingsOut]
    """

    kwargs = _get_kwargs(
        campaign_id=campaign_id,
        since=since,
        until=until,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    campaign_id: str,
    *,
    client: AuthenticatedClient,
    since: datetime.date,
    until: datetime.date,
) -> Problem | StandingsOut | None:
    """Read Standings

     A campaign's creatives with intervals, how likely each is the best, and whether it tires; days of
    UTC.

    Args:
        campaign_id (str):
        since (datetime.date): the first day, such as 2026-03-01
        until (datetime.date): the day before which it ends

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | StandingsOut
    """

    return sync_detailed(
        campaign_id=campaign_id,
        client=client,
        since=since,
        until=until,
    ).parsed


async def asyncio_detailed(
    campaign_id: str,
    *,
    client: AuthenticatedClient,
    since: datetime.date,
    until: datetime.date,
) -> Response[Problem | StandingsOut]:
    """Read Standings

     A campaign's creatives with intervals, how likely each is the best, and whether it tires; days of
    UTC.

    Args:
        campaign_id (str):
        since (datetime.date): the first day, such as 2026-03-01
        until (datetime.date): the day before which it ends

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | StandingsOut]
    """

    kwargs = _get_kwargs(
        campaign_id=campaign_id,
        since=since,
        until=until,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    campaign_id: str,
    *,
    client: AuthenticatedClient,
    since: datetime.date,
    until: datetime.date,
) -> Problem | StandingsOut | None:
    """Read Standings

     A campaign's creatives with intervals, how likely each is the best, and whether it tires; days of
    UTC.

    Args:
        campaign_id (str):
        since (datetime.date): the first day, such as 2026-03-01
        until (datetime.date): the day before which it ends

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | StandingsOut
    """

    return (
        await asyncio_detailed(
            campaign_id=campaign_id,
            client=client,
            since=since,
            until=until,
        )
    ).parsed
