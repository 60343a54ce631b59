from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

<<<<<<<< HEAD:adplat/client/generated/admin_api/api/creatives/approve_many.py
from ...models.approvals_in import ApprovalsIn
from ...models.outcomes_out import OutcomesOut
========
from ...models.plan_in import PlanIn
from ...models.plan_out import PlanOut
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/plan_an_experiment.py
from ...models.problem import Problem
from typing import cast


def _get_kwargs(
    *,
    body: ApprovalsIn,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/creatives/approve_many.py
        "url": "/v1/queue/approve",
========
        "url": "/v1/experiments/plans",
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/plan_an_experiment.py
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


<<<<<<<< HEAD:adplat/client/generated/admin_api/api/creatives/approve_many.py
def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> OutcomesOut | Problem | None:
    if response.status_code == 200:
        response_200 = OutcomesOut.from_dict(response.json())
========
def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> PlanOut | Problem | None:
    if response.status_code == 200:
        response_200 = PlanOut.from_dict(response.json())
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/plan_an_experiment.py

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


<<<<<<<< HEAD:adplat/client/generated/admin_api/api/creatives/approve_many.py
def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[OutcomesOut | Problem]:
========
def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[PlanOut | Problem]:
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/plan_an_experiment.py
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/creatives/approve_many.py
    body: ApprovalsIn,
) -> Response[OutcomesOut | Problem]:
    """Approve Many

     Each of those named that its review passed without a finding; what keeps one keeps no other.

    Args:
        body (ApprovalsIn): One reason for all of them.
========
    body: PlanIn,
) -> Response[PlanOut | Problem]:
    """Plan An Experiment

     How many units and days a test takes, and with what power; nothing is kept.

    Args:
        body (PlanIn): As ``adplat schema experiment-plan`` tells it; give ``effect``, or
            ``units`` to learn which effect they show.
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/plan_an_experiment.py

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/creatives/approve_many.py
        Response[OutcomesOut | Problem]
========
        Response[PlanOut | Problem]
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/plan_an_experiment.py
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/creatives/approve_many.py
    body: ApprovalsIn,
) -> OutcomesOut | Problem | None:
    """Approve Many

     Each of those named that its review passed without a finding; what keeps one keeps no other.

    Args:
        body (ApprovalsIn): One reason for all of them.
========
    body: PlanIn,
) -> PlanOut | Problem | None:
    """Plan An Experiment

     How many units and days a test takes, and with what power; nothing is kept.

    Args:
        body (PlanIn): As ``adplat schema experiment-plan`` tells it; give ``effect``, or
            ``units`` to learn which effect they show.
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/plan_an_experiment.py

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/creatives/approve_many.py
        OutcomesOut | Problem
========
        PlanOut | Problem
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/plan_an_experiment.py
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/creatives/approve_many.py
    body: ApprovalsIn,
) -> Response[OutcomesOut | Problem]:
    """Approve Many

     Each of those named that its review passed without a finding; what keeps one keeps no other.

    Args:
        body (ApprovalsIn): One reason for all of them.
========
    body: PlanIn,
) -> Response[PlanOut | Problem]:
    """Plan An Experiment

     How many units and days a test takes, and with what power; nothing is kept.

    Args:
        body (PlanIn): As ``adplat schema experiment-plan`` tells it; give ``effect``, or
            ``units`` to learn which effect they show.
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/plan_an_experiment.py

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/creatives/approve_many.py
        Response[OutcomesOut | Problem]
========
        Response[PlanOut | Problem]
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/plan_an_experiment.py
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/creatives/approve_many.py
    body: ApprovalsIn,
) -> OutcomesOut | Problem | None:
    """Approve Many

     Each of those named that its review passed without a finding; what keeps one keeps no other.

    Args:
        body (ApprovalsIn): One reason for all of them.
========
    body: PlanIn,
) -> PlanOut | Problem | None:
    """Plan An Experiment

     How many units and days a test takes, and with what power; nothing is kept.

    Args:
        body (PlanIn): As ``adplat schema experiment-plan`` tells it; give ``effect``, or
            ``units`` to learn which effect they show.
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/plan_an_experiment.py

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
<<<<<<<< HEAD:adplat/client/generated/admin_api/api/creatives/approve_many.py
        OutcomesOut | Problem
========
        PlanOut | Problem
>>>>>>>> w8-b:adplat/client/generated/admin_api/api/experiments/plan_an_experiment.py
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
