from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem import Problem
from ...models.rollout_in import RolloutIn
from ...models.rollout_out import RolloutOut
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    *,
    body: RolloutIn,
    if_match: str | Unset = "",
    idempotency_key: str | Unset = "",
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/rollouts",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | RolloutOut | None:
    if response.status_code == 202:
        response_202 = RolloutOut.from_dict(response.json())

        return response_202

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
) -> Response[Problem | RolloutOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: RolloutIn,
    if_match: str | Unset = "",
    idempotency_key: str | Unset = "",
) -> Response[Problem | RolloutOut]:
    """Order A Rollout

     Check, promote, roll back, shadow: done by a job, under the gates of ``adplat model``.

    What changes what is live wants ``If-Match`` with the ETag of ``/v1/rollouts/live``, and is refused
    where something
    else goes live before it is done.

    Args:
        if_match (str | Unset): the ETag of what you saw, or * Default: ''.
        idempotency_key (str | Unset): the same key is the same request, however often it is sent
            Default: ''.
        body (RolloutIn): ``bundle_id`` of check, promote and shadow; ``reason`` of what changes
            something; ``force`` passes over failed
            gates and is written down.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RolloutOut]
    """

    kwargs = _get_kwargs(
        body=body,
        if_match=if_match,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: RolloutIn,
    if_match: str | Unset = "",
    idempotency_key: str | Unset = "",
) -> Problem | RolloutOut | None:
    """Order A Rollout

     Check, promote, roll back, shadow: done by a job, under the gates of ``adplat model``.

    What changes what is live wants ``If-Match`` with the ETag of ``/v1/rollouts/live``, and is refused
    where something
    else goes live before it is done.

    Args:
        if_match (str | Unset): the ETag of what you saw, or * Default: ''.
        idempotency_key (str | Unset): the same key is the same request, however often it is sent
            Default: ''.
        body (RolloutIn): ``bundle_id`` of check, promote and shadow; ``reason`` of what changes
            something; ``force`` passes over failed
            gates and is written down.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RolloutOut
    """

    return sync_detailed(
        client=client,
        body=body,
        if_match=if_match,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: RolloutIn,
    if_match: str | Unset = "",
    idempotency_key: str | Unset = "",
) -> Response[Problem | RolloutOut]:
    """Order A Rollout

     Check, promote, roll back, shadow: done by a job, under the gates of ``adplat model``.

    What changes what is live wants ``If-Match`` with the ETag of ``/v1/rollouts/live``, and is refused
    where something
    else goes live before it is done.

    Args:
        if_match (str | Unset): the ETag of what you saw, or * Default: ''.
        idempotency_key (str | Unset): the same key is the same request, however often it is sent
            Default: ''.
        body (RolloutIn): ``bundle_id`` of check, promote and shadow; ``reason`` of what changes
            something; ``force`` passes over failed
            gates and is written down.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RolloutOut]
    """

    kwargs = _get_kwargs(
        body=body,
        if_match=if_match,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: RolloutIn,
    if_match: str | Unset = "",
    idempotency_key: str | Unset = "",
) -> Problem | RolloutOut | None:
    """Order A Rollout

     Check, promote, roll back, shadow: done by a job, under the gates of ``adplat model``.

    What changes what is live wants ``If-Match`` with the ETag of ``/v1/rollouts/live``, and is refused
    where something
    else goes live before it is done.

    Args:
        if_match (str | Unset): the ETag of what you saw, or * Default: ''.
        idempotency_key (str | Unset): the same key is the same request, however often it is sent
            Default: ''.
        body (RolloutIn): ``bundle_id`` of check, promote and shadow; ``reason`` of what changes
            something; ``force`` passes over failed
            gates and is written down.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RolloutOut
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            if_match=if_match,
            idempotency_key=idempotency_key,
        )
    ).parsed
