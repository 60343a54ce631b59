"""The gRPC door over a real server: the answer of HTTP with its quantiles typed, and its refusals as codes."""

from __future__ import annotations

import asyncio

import grpc
import msgspec
import pytest

from adplat.bootstrap import Settings
from adplat.client.generated import forecasting_pb2 as pb
from adplat.client.wire_names import FORECASTING_SERVICE, PROBLEM_KEY
from adplat.domain import Caller, Metric, Permission
from adplat.flows.forecast_desk import ForecastDesk
from services.forecasting.grpc_door import GrpcDoor, add_forecasting_to_server
from tests.services.callers import key_of, write_keys
from tests.services.forecasting.forecasters import a_body, a_deployment

LEVELS = ["q025", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "q975"]
METHOD = f"/{FORECASTING_SERVICE}/Forecast"


def called(
    settings: Settings, desk: ForecastDesk, request: bytes, key: str = ""
) -> tuple[grpc.StatusCode, pb.ForecastResponse | pb.Problem]:
    async def run() -> tuple[grpc.StatusCode, pb.ForecastResponse | pb.Problem]:
        async with a_deployment(settings, desk) as deployment:
            server = grpc.aio.server()
            add_forecasting_to_server(GrpcDoor(deployment), server)
            port = server.add_insecure_port("127.0.0.1:0")
            await server.start()
            try:
                async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
                    ask = channel.unary_unary(METHOD, response_deserializer=pb.ForecastResponse.FromString)
                    metadata = [("authorization", f"Bearer {key}")] if key else []
                    return grpc.StatusCode.OK, await ask(request, metadata=metadata)
            except grpc.aio.AioRpcError as error:
                problems = [value for name, value in error.trailing_metadata() or () if name == PROBLEM_KEY]
                return error.code(), pb.Problem.FromString(problems[0])
            finally:
                await server.stop(None)

    return asyncio.run(run())


def a_request(**changes: object) -> bytes:
    return pb.ForecastRequest(plan_json=a_body(**changes)).SerializeToString()


def test_days_total_and_curve_are_those_of_the_document(settings: Settings, desk: ForecastDesk) -> None:
    code, told = called(settings, desk, a_request())
    assert code is grpc.StatusCode.OK and isinstance(told, pb.ForecastResponse)
    document = msgspec.json.decode(told.document_json)
    for message, part in [*zip(told.daily, document["daily"], strict=True), (told.total, document["total"])]:
        for metric in Metric:
            if part[metric.value] is None:
                assert not message.HasField(metric.value)
                continue
            levels = getattr(message, metric.value)
            assert [getattr(levels, name) for name in LEVELS] == list(part[metric.value].values())
    assert [day.date for day in told.daily] == [day["date"] for day in document["daily"]]
    assert [point.clicks for point in told.curve] == [point["clicks"] for point in document["curve"]]
    assert [point.planned for point in told.curve].count(True) == 1
    assert not told.HasField("forecast_id")


def test_a_refusal_has_its_reasons(settings: Settings, desk: ForecastDesk) -> None:
    code, told = called(settings, desk, a_request(end="2027-03-24"))
    assert code is grpc.StatusCode.OK and isinstance(told, pb.ForecastResponse)
    assert (told.refused, len(told.daily)) == (True, 0)
    assert all(one.reason and one.what and one.hint for one in told.reasons)


@pytest.mark.parametrize(
    ("request_bytes", "code", "where"),
    [
        (b"\xff\xff", grpc.StatusCode.INVALID_ARGUMENT, "request"),
        (b"", grpc.StatusCode.INVALID_ARGUMENT, "body"),
        (a_request(daily_budget_micros=None), grpc.StatusCode.INVALID_ARGUMENT, "plan"),
        (a_request(creatives=["nobody"]), grpc.StatusCode.NOT_FOUND, "plan: creatives"),
    ],
    ids=["no message", "no plan", "no budget", "no such creative"],
)
def test_what_is_wrong_is_told_by_code_and_problem(
    settings: Settings, desk: ForecastDesk, request_bytes: bytes, code: grpc.StatusCode, where: str
) -> None:
    seen, problem = called(settings, desk, request_bytes)
    assert isinstance(problem, pb.Problem)
    assert (seen, problem.where) == (code, where)
    assert problem.what and problem.hint


def test_keys_are_demanded_here_too(settings: Settings, desk: ForecastDesk) -> None:
    shop = Caller("shop", permissions=frozenset({Permission.FORECAST}), advertisers=frozenset({"a000"}))
    other = Caller("other", permissions=frozenset({Permission.FORECAST}), advertisers=frozenset({"a001"}))
    settings.workspace.mkdir(parents=True)
    write_keys(settings.workspace, (shop, other))
    assert called(settings, desk, a_request())[0] is grpc.StatusCode.UNAUTHENTICATED
    assert called(settings, desk, a_request(), key_of(other))[0] is grpc.StatusCode.PERMISSION_DENIED
    assert called(settings, desk, a_request(), key_of(shop))[0] is grpc.StatusCode.OK
