"""The method of ``adplat.forecasting.v1.Forecasting``: the same answer as over HTTP, its quantiles typed.

Needs neither Ray nor a server: Ray Serve calls the method by name, and so does any ``grpc.aio`` server through
``add_forecasting_to_server``.
"""

from __future__ import annotations

from typing import Any, Protocol

import grpc
import msgspec
from google.protobuf.message import DecodeError

from adplat.client.generated import forecasting_pb2 as pb
from adplat.client.wire_names import FORECASTING_SERVICE, PROBLEM_KEY
from adplat.domain import TOLD_LEVELS, Metric, Quantiles
from services.forecasting.deployment import ForecastingDeployment
from services.hosting.key_gate import key_in

_CODES = {
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    422: grpc.StatusCode.INVALID_ARGUMENT,
    503: grpc.StatusCode.UNAVAILABLE,
    504: grpc.StatusCode.DEADLINE_EXCEEDED,
}
# q025 for the level 0.025.
_LEVELS = [f"q{str(level)[2:]:0<2}" for level in TOLD_LEVELS]
_NO_MESSAGE = pb.Problem(what="the request is no ForecastRequest", where="request", hint="see forecasting.proto")


class CallContext(Protocol):
    """What the door needs of a call: Ray Serve's context has it, and gRPC's own."""

    def invocation_metadata(self) -> Any: ...
    def set_code(self, code: grpc.StatusCode) -> None: ...
    def set_details(self, details: str) -> None: ...
    def set_trailing_metadata(self, trailing_metadata: Any) -> None: ...


class GrpcDoor:
    """Statuses of HTTP become codes here and nowhere else."""

    def __init__(self, deployment: ForecastingDeployment) -> None:
        self._deployment = deployment

    async def Forecast(self, request: bytes, grpc_context: CallContext) -> pb.ForecastResponse:
        """See ``ForecastRequest``."""
        try:
            message = pb.ForecastRequest.FromString(request)
        except DecodeError:
            return _refused(grpc_context, grpc.StatusCode.INVALID_ARGUMENT, _NO_MESSAGE)
        key = key_in(grpc_context.invocation_metadata() or ())
        reply = await self._deployment.forecast(message.plan_json, key, keep=message.keep)
        told = msgspec.json.decode(reply.body)
        if reply.status != 200:
            return _refused(grpc_context, _CODES.get(reply.status, grpc.StatusCode.INTERNAL), pb.Problem(**told))
        return forecast_message(told, reply.body)


def forecast_message(document: dict[str, Any], content: bytes) -> pb.ForecastResponse:
    """From the document and its JSON."""
    message = pb.ForecastResponse(refused=document["refused"], document_json=content)
    message.reasons.extend(pb.Reason(**one) for one in document["reasons"])
    if document.get("forecast_id"):
        message.forecast_id = document["forecast_id"]
    if document["refused"]:
        return message
    message.daily.extend(_outcomes(day, day["date"]) for day in document["daily"])
    message.total.CopyFrom(_outcomes(document["total"], ""))
    known = set(pb.CurvePoint.DESCRIPTOR.fields_by_name)
    message.curve.extend(
        pb.CurvePoint(**{name: value for name, value in point.items() if name in known and value is not None})
        for point in document["curve"]
    )
    return message


def add_forecasting_to_server(door: Any, server: Any) -> None:
    """Register the method; Ray Serve is told this function's name, and calls it with a server of its own."""
    handlers: dict[str, grpc.RpcMethodHandler[bytes, pb.ForecastResponse]] = {
        "Forecast": grpc.unary_unary_rpc_method_handler(
            door.Forecast, response_serializer=pb.ForecastResponse.SerializeToString
        )
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(FORECASTING_SERVICE, handlers),))


def _outcomes(told: dict[str, Any], day: str) -> pb.Outcomes:
    known = {metric.value: _quantiles(told[metric.value]) for metric in Metric if told[metric.value] is not None}
    return pb.Outcomes(date=day, **known)


def _quantiles(told: dict[str, float]) -> pb.Quantiles:
    values = Quantiles.from_document(told).values
    return pb.Quantiles(**dict(zip(_LEVELS, values, strict=True)))


def _refused(context: CallContext, code: grpc.StatusCode, problem: pb.Problem) -> pb.ForecastResponse:
    place = f" ({problem.where})" if problem.where else ""
    context.set_code(code)
    context.set_details(f"{problem.what}{place}: {problem.hint}")
    context.set_trailing_metadata([(PROBLEM_KEY, problem.SerializeToString())])
    return pb.ForecastResponse()
