from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem import Problem
from ...models.results_file import ResultsFile
from typing import cast


def _get_kwargs(
    experiment_id: str,
    kind: ResultsFile,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/experiments/{experiment_id}/files/{kind}".format(
            experiment_id=quote(str(experiment_id), safe=""),
            kind=quote(str(kind), safe=""),
        ),
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | None:
    if response.status_code == 200:
        response_200 = response.json()
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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    experiment_id: str,
    kind: ResultsFile,
    *,
    client: AuthenticatedClient,
) -> Response[Any | Problem]:
    """Take Results

     All results as a file: a row for each comparison (csv), or the whole documents (json).

    Args:
        experiment_id (str):
        kind (ResultsFile): What results can be taken away as: rows of numbers, or the whole
            documents.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        experiment_id=experiment_id,
        kind=kind,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    experiment_id: str,
    kind: ResultsFile,
    *,
    client: AuthenticatedClient,
) -> Any | Problem | None:
    """Take Results

     All results as a file: a row for each comparison (csv), or the whole documents (json).

    Args:
        experiment_id (str):
        kind (ResultsFile): What results can be taken away as: rows of numbers, or the whole
            documents.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return sync_detailed(
        experiment_id=experiment_id,
        kind=kind,
        client=client,
    ).parsed


async def asyncio_detailed(
    experiment_id: str,
    kind: ResultsFile,
    *,
    client: AuthenticatedClient,
) -> Response[Any | Problem]:
    """Take Results

     All results as a file: a row for each comparison (csv), or the whole documents (json).

    Args:
        experiment_id (str):
        kind (ResultsFile): What results can be taken away as: rows of numbers, or the whole
            documents.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        experiment_id=experiment_id,
        kind=kind,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    experiment_id: str,
    kind: ResultsFile,
    *,
    client: AuthenticatedClient,
) -> Any | Problem | None:
    """Take Results

     All results as a file: a row for each comparison (csv), or the whole documents (json).

    Args:
        experiment_id (str):
        kind (ResultsFile): What results can be taken away as: rows of numbers, or the whole
            documents.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return (
        await asyncio_detailed(
            experiment_id=experiment_id,
            kind=kind,
            client=client,
        )
    ).parsed
