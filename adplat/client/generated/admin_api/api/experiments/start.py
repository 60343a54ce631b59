from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

<<<<<<<< HEAD:adplat/client/generated/admin_api/api/experiments/start.py
from ...models.experiment_story_out import ExperimentStoryOut
========
from ...models.past_in import PastIn
from ...models.past_out import PastOut
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/read_past_metric.py
from ...models.problem import Problem
from ...models.start_in import StartIn
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    experiment_id: str,
    *,
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/experiments/start.py
    body: StartIn,
    if_match: str | Unset = "",
========
    body: PastIn,
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/read_past_metric.py
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    _kwargs: dict[str, Any] = {
        "method": "post",
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/experiments/start.py
        "url": "/v1/experiments/{experiment_id}/start".format(
            experiment_id=quote(str(experiment_id), safe=""),
        ),
========
        "url": "/v1/experiments/past",
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/read_past_metric.py
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


<<<<<<<< HEAD:adplat/client/generated/admin_api/api/experiments/start.py
def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ExperimentStoryOut | Problem | None:
    if response.status_code == 200:
        response_200 = ExperimentStoryOut.from_dict(response.json())
========
def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> PastOut | Problem | None:
    if response.status_code == 200:
        response_200 = PastOut.from_dict(response.json())
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/read_past_metric.py

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


<<<<<<<< HEAD:adplat/client/generated/admin_api/api/experiments/start.py
def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ExperimentStoryOut | Problem]:
========
def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[PastOut | Problem]:
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/read_past_metric.py
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    experiment_id: str,
    *,
    client: AuthenticatedClient,
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/experiments/start.py
    body: StartIn,
    if_match: str | Unset = "",
) -> Response[ExperimentStoryOut | Problem]:
    """Start

     From now on it assigns.

    Args:
        experiment_id (str):
        if_match (str | Unset): the ETag of what you saw, or * Default: ''.
        body (StartIn): Why now; it stands in the audit trail.
========
    body: PastIn,
) -> Response[PastOut | Problem]:
    """Read Past Metric

     What the lake's rows say of a metric: its mean, the deviation of one unit, units a day.

    Args:
        body (PastIn): Of everything that these campaigns showed on the last days of which
            outcomes are known.
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/read_past_metric.py

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/experiments/start.py
        Response[ExperimentStoryOut | Problem]
========
        Response[PastOut | Problem]
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/read_past_metric.py
    """

    kwargs = _get_kwargs(
        experiment_id=experiment_id,
        body=body,
        if_match=if_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    experiment_id: str,
    *,
    client: AuthenticatedClient,
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/experiments/start.py
    body: StartIn,
    if_match: str | Unset = "",
) -> ExperimentStoryOut | Problem | None:
    """Start

     From now on it assigns.

    Args:
        experiment_id (str):
        if_match (str | Unset): the ETag of what you saw, or * Default: ''.
        body (StartIn): Why now; it stands in the audit trail.
========
    body: PastIn,
) -> PastOut | Problem | None:
    """Read Past Metric

     What the lake's rows say of a metric: its mean, the deviation of one unit, units a day.

    Args:
        body (PastIn): Of everything that these campaigns showed on the last days of which
            outcomes are known.
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/read_past_metric.py

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/experiments/start.py
        ExperimentStoryOut | Problem
========
        PastOut | Problem
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/read_past_metric.py
    """

    return sync_detailed(
        experiment_id=experiment_id,
        client=client,
        body=body,
        if_match=if_match,
    ).parsed


async def asyncio_detailed(
    experiment_id: str,
    *,
    client: AuthenticatedClient,
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/experiments/start.py
    body: StartIn,
    if_match: str | Unset = "",
) -> Response[ExperimentStoryOut | Problem]:
    """Start

     From now on it assigns.

    Args:
        experiment_id (str):
        if_match (str | Unset): the ETag of what you saw, or * Default: ''.
        body (StartIn): Why now; it stands in the audit trail.
========
    body: PastIn,
) -> Response[PastOut | Problem]:
    """Read Past Metric

     What the lake's rows say of a metric: its mean, the deviation of one unit, units a day.

    Args:
        body (PastIn): Of everything that these campaigns showed on the last days of which
            outcomes are known.
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/read_past_metric.py

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/experiments/start.py
        Response[ExperimentStoryOut | Problem]
========
        Response[PastOut | Problem]
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/read_past_metric.py
    """

    kwargs = _get_kwargs(
        experiment_id=experiment_id,
        body=body,
        if_match=if_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    experiment_id: str,
    *,
    client: AuthenticatedClient,
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/experiments/start.py
    body: StartIn,
    if_match: str | Unset = "",
) -> ExperimentStoryOut | Problem | None:
    """Start

     From now on it assigns.

    Args:
        experiment_id (str):
        if_match (str | Unset): the ETag of what you saw, or * Default: ''.
        body (StartIn): Why now; it stands in the audit trail.
========
    body: PastIn,
) -> PastOut | Problem | None:
    """Read Past Metric

     What the lake's rows say of a metric: its mean, the deviation of one unit, units a day.

    Args:
        body (PastIn): Of everything that these campaigns showed on the last days of which
            outcomes are known.
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/read_past_metric.py

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/experiments/start.py
        ExperimentStoryOut | Problem
========
        PastOut | Problem
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/read_past_metric.py
    """

    return (
        await asyncio_detailed(
            experiment_id=experiment_id,
            client=client,
            body=body,
            if_match=if_match,
        )
    ).parsed
