from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.decision_in import DecisionIn
from ...models.problem import Problem
from ...models.reviewed_creative_out import ReviewedCreativeOut
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    creative_id: str,
    *,
    body: DecisionIn,
    if_match: str | Unset = "",
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/creatives/{creative_id}/reject".format(
            creative_id=quote(str(creative_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | ReviewedCreativeOut | None:
    if response.status_code == 200:
        response_200 = ReviewedCreativeOut.from_dict(response.json())

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

    if response.status_code == 412:
        response_412 = Problem.from_dict(response.json())

        return response_412

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 428:
        response_428 = Problem.from_dict(response.json())

        return response_428

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
) -> Response[Problem | ReviewedCreativeOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    creative_id: str,
    *,
    client: AuthenticatedClient,
    body: DecisionIn,
    if_match: str | Unset = "",
) -> Response[Problem | ReviewedCreativeOut]:
    """Reject Creative

     A person says that it may not.

    Args:
        creative_id (str):
        if_match (str | Unset): the ETag of what you saw, or * Default: ''.
        body (DecisionIn):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ReviewedCreativeOut]
    """

    kwargs = _get_kwargs(
        creative_id=creative_id,
        body=body,
        if_match=if_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    creative_id: str,
    *,
    client: AuthenticatedClient,
    body: DecisionIn,
    if_match: str | Unset = "",
) -> Problem | ReviewedCreativeOut | None:
    """Reject Creative

     A person says that it may not.

    Args:
        creative_id (str):
        if_match (str | Unset): the ETag of what you saw, or * Default: ''.
        body (DecisionIn):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ReviewedCreativeOut
    """

    return sync_detailed(
        creative_id=creative_id,
        client=client,
        body=body,
        if_match=if_match,
    ).parsed


async def asyncio_detailed(
    creative_id: str,
    *,
    client: AuthenticatedClient,
    body: DecisionIn,
    if_match: str | Unset = "",
) -> Response[Problem | ReviewedCreativeOut]:
    """Reject Creative

     A person says that it may not.

    Args:
        creative_id (str):
        if_match (str | Unset): the ETag of what you saw, or * Default: ''.
        body (DecisionIn):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ReviewedCreativeOut]
    """

    kwargs = _get_kwargs(
        creative_id=creative_id,
        body=body,
        if_match=if_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    creative_id: str,
    *,
    client: AuthenticatedClient,
    body: DecisionIn,
    if_match: str | Unset = "",
) -> Problem | ReviewedCreativeOut | None:
    """Reject Creative

     A person says that it may not.

    Args:
        creative_id (str):
        if_match (str | Unset): the ETag of what you saw, or * Default: ''.
        body (DecisionIn):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ReviewedCreativeOut
    """

    return (
        await asyncio_detailed(
            creative_id=creative_id,
            client=client,
            body=body,
            if_match=if_match,
        )
    ).parsed
