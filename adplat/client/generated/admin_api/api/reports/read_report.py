from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.dimension import Dimension
from ...models.problem import Problem
from ...models.report_out import ReportOut
from ...types import UNSET, Unset
from typing import cast
import datetime


def _get_kwargs(
    *,
    time_zone: str | Unset = "UTC",
    limit: int | Unset = 500,
    cursor: str | Unset = "",
    since: datetime.date,
    until: datetime.date,
    by: list[Dimension] | Unset = UNSET,
    filter_: list[str] | Unset = UNSET,
    metric: list[str] | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["time_zone"] = time_zone

    params["limit"] = limit

    params["cursor"] = cursor

    json_since = since.isoformat()
    params["since"] = json_since

    json_until = until.isoformat()
    params["until"] = json_until

    json_by: list[str] | Unset = UNSET
    if not isinstance(by, Unset):
        json_by = []
        for by_item_data in by:
            by_item = by_item_data.value
            json_by.append(by_item)

    params["by"] = json_by

    json_filter_: list[str] | Unset = UNSET
    if not isinstance(filter_, Unset):
        json_filter_ = filter_

    params["filter"] = json_filter_

    json_metric: list[str] | Unset = UNSET
    if not isinstance(metric, Unset):
        json_metric = metric

    params["metric"] = json_metric

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/reports",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | ReportOut | None:
    if response.status_code == 200:
        response_200 = ReportOut.from_dict(response.json())

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | ReportOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    time_zone: str | Unset = "UTC",
    limit: int | Unset = 500,
    cursor: str | Unset = "",
    since: datetime.date,
    until: datetime.date,
    by: list[Dimension] | Unset = UNSET,
    filter_: list[str] | Unset = UNSET,
    metric: list[str] | Unset = UNSET,
) -> Response[Problem | ReportOut]:
    """Read Report

     What was counted, added up, page by page; money in micros.

    Args:
        time_zone (str | Unset): whose days they are, such as Asia/Shanghai Default: 'UTC'.
        limit (int | Unset): rows of one page Default: 500.
        cursor (str | Unset): next of the page before, asked with the same question Default: ''.
        since (datetime.date): the first day, such as 2026-03-01
        until (datetime.date): the day before which it ends
        by (list[Dimension] | Unset): what rows are told apart by; again for another
        filter_ (list[str] | Unset): FIELD OP VALUE, such as campaign=k1|k2; again for another
        metric (list[str] | Unset): such as ctr; again for another; none: all but win_rate

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ReportOut]
    """

    kwargs = _get_kwargs(
        time_zone=time_zone,
        limit=limit,
        cursor=cursor,
        since=since,
        until=until,
        by=by,
        filter_=filter_,
        metric=metric,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    time_zone: str | Unset = "UTC",
    limit: int | Unset = 500,
    cursor: str | Unset = "",
    since: datetime.date,
    until: datetime.date,
    by: list[Dimension] | Unset = UNSET,
    filter_: list[str] | Unset = UNSET,
    metric: list[str] | Unset = UNSET,
) -> Problem | ReportOut | None:
    """Read Report

     What was counted, added up, page by page; money in micros.

    Args:
        time_zone (str | Unset): whose days they are, such as Asia/Shanghai Default: 'UTC'.
        limit (int | Unset): rows of one page Default: 500.
        cursor (str | Unset): next of the page before, asked with the same question Default: ''.
        since (datetime.date): the first day, such as 2026-03-01
        until (datetime.date): the day before which it ends
        by (list[Dimension] | Unset): what rows are told apart by; again for another
        filter_ (list[str] | Unset): FIELD OP VALUE, such as campaign=k1|k2; again for another
        metric (list[str] | Unset): such as ctr; again for another; none: all but win_rate

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ReportOut
    """

    return sync_detailed(
        client=client,
        time_zone=time_zone,
        limit=limit,
        cursor=cursor,
        since=since,
        until=until,
        by=by,
        filter_=filter_,
        metric=metric,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    time_zone: str | Unset = "UTC",
    limit: int | Unset = 500,
    cursor: str | Unset = "",
    since: datetime.date,
    until: datetime.date,
    by: list[Dimension] | Unset = UNSET,
    filter_: list[str] | Unset = UNSET,
    metric: list[str] | Unset = UNSET,
) -> Response[Problem | ReportOut]:
    """Read Report

     What was counted, added up, page by page; money in micros.

    Args:
        time_zone (str | Unset): whose days they are, such as Asia/Shanghai Default: 'UTC'.
        limit (int | Unset): rows of one page Default: 500.
        cursor (str | Unset): next of the page before, asked with the same question Default: ''.
        since (datetime.date): the first day, such as 2026-03-01
        until (datetime.date): the day before which it ends
        by (list[Dimension] | Unset): what rows are told apart by; again for another
        filter_ (list[str] | Unset): FIELD OP VALUE, such as campaign=k1|k2; again for another
        metric (list[str] | Unset): such as ctr; again for another; none: all but win_rate

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ReportOut]
    """

    kwargs = _get_kwargs(
        time_zone=time_zone,
        limit=limit,
        cursor=cursor,
        since=since,
        until=until,
        by=by,
        filter_=filter_,
        metric=metric,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    time_zone: str | Unset = "UTC",
    limit: int | Unset = 500,
    cursor: str | Unset = "",
    since: datetime.date,
    until: datetime.date,
    by: list[Dimension] | Unset = UNSET,
    filter_: list[str] | Unset = UNSET,
    metric: list[str] | Unset = UNSET,
) -> Problem | ReportOut | None:
    """Read Report

     What was counted, added up, page by page; money in micros.

    Args:
        time_zone (str | Unset): whose days they are, such as Asia/Shanghai Default: 'UTC'.
        limit (int | Unset): rows of one page Default: 500.
        cursor (str | Unset): next of the page before, asked with the same question Default: ''.
        since (datetime.date): the first day, such as 2026-03-01
        until (datetime.date): the day before which it ends
        by (list[Dimension] | Unset): what rows are told apart by; again for another
        filter_ (list[str] | Unset): FIELD OP VALUE, such as campaign=k1|k2; again for another
        metric (list[str] | Unset): such as ctr; again for another; none: all but win_rate

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ReportOut
    """

    return (
        await asyncio_detailed(
            client=client,
            time_zone=time_zone,
            limit=limit,
            cursor=cursor,
            since=since,
            until=until,
            by=by,
            filter_=filter_,
            metric=metric,
        )
    ).parsed
