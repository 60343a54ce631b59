"""The forecasting client: what it sends, how it waits for a job, and refusals as our own errors."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from adplat.client import ForecastClient
from adplat.domain import ConfigRejected, InternalFault, KeyRejected, NotPermitted, StoreUnreachable, UnknownReference

Answer = Callable[[httpx.Request], httpx.Response]


def a_client(answer: Answer, api_key: str = "") -> ForecastClient:
    transport = httpx.MockTransport(answer)
    return ForecastClient("http://forecasting", api_key=api_key, transport=transport, sleep=lambda _: None)


def test_a_plan_goes_out_whole_with_the_key_and_its_document_comes_back() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"refused": False, "forecast_id": "f1"})

    with a_client(answer, "adp_x") as forecasts:
        assert forecasts.forecast({"name": "autumn"}, keep=True)["forecast_id"] == "f1"
    [request] = seen
    assert (request.url.path, request.url.query) == ("/v1/forecasts", b"keep=true")
    assert json.loads(request.content) == {"name": "autumn"}
    assert request.headers["authorization"] == "Bearer adp_x"


def test_a_job_is_waited_for_until_it_is_over() -> None:
    states = iter(["queued", "running", "done"])

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(202, json={"job_id": 7, "state": "queued", "progress": 0.0})
        assert request.url.path == "/v1/jobs/7"
        state = next(states)
        result = {"base": {}} if state == "done" else None
        return httpx.Response(200, json={"job_id": 7, "state": state, "progress": 0.5, "result": result})

    with a_client(answer) as forecasts:
        assert forecasts.result_of(forecasts.what_if({}, {})) == {"base": {}}


@pytest.mark.parametrize(
    ("state", "patience_s", "error"), [("failed", 60.0, InternalFault), ("running", 1.0, StoreUnreachable)]
)
def test_a_job_that_failed_or_takes_too_long_is_an_error(state: str, patience_s: float, error: type[Exception]) -> None:
    told = {"job_id": 7, "state": state, "progress": 0.0, "error": "no such creative"}
    with a_client(lambda _: httpx.Response(200, json=told)) as forecasts, pytest.raises(error):
        forecasts.result_of(forecasts.job(7), patience_s=patience_s)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, KeyRejected),
        (403, NotPermitted),
        (404, UnknownReference),
        (413, ConfigRejected),
        (422, ConfigRejected),
        (503, StoreUnreachable),
        (504, StoreUnreachable),
    ],
)
def test_a_refusal_is_one_of_our_errors_with_its_words(status: int, error: type[Exception]) -> None:
    told = {"what": "not so", "where": "plan", "hint": "mend it"}
    with a_client(lambda _: httpx.Response(status, json=told)) as forecasts, pytest.raises(error, match="not so"):
        forecasts.forecast({})


def test_somebody_elses_answer_and_nobodys_are_told_apart_from_ours() -> None:
    def nobody(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    for answer in (lambda _: httpx.Response(404, text="nginx"), nobody):
        with a_client(answer) as forecasts, pytest.raises(StoreUnreachable, match="forecasting service"):
            forecasts.health()


def test_a_job_that_nobody_wants_is_cancelled() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("POST", "/v1/jobs/7/cancel")
        return httpx.Response(200, json={"job_id": 7, "state": "cancelled", "progress": 0.5})

    with a_client(answer) as forecasts:
        cancelled = forecasts.cancel(7)
    assert (cancelled.state, cancelled.is_over) == ("cancelled", True)
