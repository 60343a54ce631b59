from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.elements_out import ElementsOut
from ...models.problem import Problem
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
        "url": "/v1/reports/elements/{campaign_id}".format(
            campaign_id=quote(str(campaign_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ElementsOut | Problem | None:
    if response.status_code == 200:
        response_200 = ElementsOut.from_dict(response.json())

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
) -> Response[ElementsOut | Problem]:
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
) -> Response[ElementsOut | Problem]:
    """Read Elements

     What headlines, backgrounds, colours and calls of a campaign's creatives are worth, with 90 %
    intervals.

    Args:
        campaign_id (str):
        since (datetime.date): the first day, such as 2026-03-01
        until (datetime.date): the day before which it ends

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ElementsOut | Problem]
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
) -> ElementsOut | Problem | None:
    """Read Elements

     What headlines, backgrounds, colours and calls of a campaign's creatives are worth, with 90 %
    intervals.

    Args:
        campaign_id (str):
        since (datetime.date): the first day, such as 2026-03-01
        until (datetime.date): the day before which it ends

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ElementsOut | Problem
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
) -> Response[ElementsOut | Problem]:
    """Read Elements

     What headlines, backgrounds, colours and calls of a campaign's creatives are worth, with 90 %
    intervals.

    Args:
        campaign_id (str):
        since (datetime.date): the first day, such as 2026-03-01
        until (datetime.date): the day before which it ends

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ElementsOut | Problem]
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
) -> ElementsOut | Problem | None:
    """Read Elements

     What headlines, backgrounds, colours and calls of a campaign's creatives are worth, with 90 %
    intervals.

    Args:
        campaign_id (str):
        since (datetime.date): the first day, such as 2026-03-01
        until (datetime.date): the day before which it ends

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ElementsOut | Problem
    """

    return (
        await asyncio_detailed(
            campaign_id=campaign_id,
            client=client,
            since=since,
            until=until,
        )
    ).parsed
