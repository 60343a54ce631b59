from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem import Problem
from ...models.report_file import ReportFile
from typing import cast


def _get_kwargs(
    report_id: str,
    kind: ReportFile,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/saved-reports/{report_id}/files/{kind}".format(
            report_id=quote(str(report_id), safe=""),
            kind=quote(str(kind), safe=""),
        ),
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | str | None:
    if response.status_code == 200:
        response_200 = response.text
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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | str]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    report_id: str,
    kind: ReportFile,
    *,
    client: AuthenticatedClient,
) -> Response[Problem | str]:
    """Take Saved

     As a file, of the days of its period as they are now.

    Args:
        report_id (str):
        kind (ReportFile): What a report can be taken away as.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | str]
    """

    kwargs = _get_kwargs(
        report_id=report_id,
        kind=kind,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    report_id: str,
    kind: ReportFile,
    *,
    client: AuthenticatedClient,
) -> Problem | str | None:
    """Take Saved

     As a file, of the days of its period as they are now.

    Args:
        report_id (str):
        kind (ReportFile): What a report can be taken away as.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | str
    """

    return sync_detailed(
        report_id=report_id,
        kind=kind,
        client=client,
    ).parsed


async def asyncio_detailed(
    report_id: str,
    kind: ReportFile,
    *,
    client: AuthenticatedClient,
) -> Response[Problem | str]:
    """Take Saved

     As a file, of the days of its period as they are now.

    Args:
        report_id (str):
        kind (ReportFile): What a report can be taken away as.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | str]
    """

    kwargs = _get_kwargs(
        report_id=report_id,
        kind=kind,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    report_id: str,
    kind: ReportFile,
    *,
    client: AuthenticatedClient,
) -> Problem | str | None:
    """Take Saved

     As a file, of the days of its period as they are now.

    Args:
        report_id (str):
        kind (ReportFile): What a report can be taken away as.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | str
    """

    return (
        await asyncio_detailed(
            report_id=report_id,
            kind=kind,
            client=client,
        )
    ).parsed
