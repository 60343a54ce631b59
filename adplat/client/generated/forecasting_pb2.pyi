from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ForecastRequest(_message.Message):
    __slots__ = ("plan_json", "keep")
    PLAN_JSON_FIELD_NUMBER: _ClassVar[int]
    KEEP_FIELD_NUMBER: _ClassVar[int]
    plan_json: bytes
    keep: bool
    def __init__(self, plan_json: _Optional[bytes] = ..., keep: _Optional[bool] = ...) -> None: ...

class ForecastResponse(_message.Message):
    __slots__ = ("refused", "reasons", "daily", "total", "curve", "forecast_id", "document_json")
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    DAILY_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    CURVE_FIELD_NUMBER: _ClassVar[int]
    FORECAST_ID_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_JSON_FIELD_NUMBER: _ClassVar[int]
    refused: bool
    reasons: _containers.RepeatedCompositeFieldContainer[Reason]
    daily: _containers.RepeatedCompositeFieldContainer[Outcomes]
    total: Outcomes
    curve: _containers.RepeatedCompositeFieldContainer[CurvePoint]
    forecast_id: str
    document_json: bytes
    def __init__(self, refused: _Optional[bool] = ..., reasons: _Optional[_Iterable[_Union[Reason, _Mapping]]] = ..., daily: _Optional[_Iterable[_Union[Outcomes, _Mapping]]] = ..., total: _Optional[_Union[Outcomes, _Mapping]] = ..., curve: _Optional[_Iterable[_Union[CurvePoint, _Mapping]]] = ..., forecast_id: _Optional[str] = ..., document_json: _Optional[bytes] = ...) -> None: ...

class Reason(_message.Message):
    __slots__ = ("reason", "what", "hint")
    REASON_FIELD_NUMBER: _ClassVar[int]
    WHAT_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    reason: str
    what: str
    hint: str
    def __init__(self, reason: _Optional[str] = ..., what: _Optional[str] = ..., hint: _Optional[str] = ...) -> None: ...

class Outcomes(_message.Message):
    __slots__ = ("date", "impressions", "reach", "clicks", "conversions", "value_micros", "spend_micros")
    DATE_FIELD_NUMBER: _ClassVar[int]
    IMPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    REACH_FIELD_NUMBER: _ClassVar[int]
    CLICKS_FIELD_NUMBER: _ClassVar[int]
    CONVERSIONS_FIELD_NUMBER: _ClassVar[int]
    VALUE_MICROS_FIELD_NUMBER: _ClassVar[int]
    SPEND_MICROS_FIELD_NUMBER: _ClassVar[int]
    date: str
    impressions: Quantiles
    reach: Quantiles
    clicks: Quantiles
    conversions: Quantiles
    value_micros: Quantiles
    spend_micros: Quantiles
    def __init__(self, date: _Optional[str] = ..., impressions: _Optional[_Union[Quantiles, _Mapping]] = ..., reach: _Optional[_Union[Quantiles, _Mapping]] = ..., clicks: _Optional[_Union[Quantiles, _Mapping]] = ..., conversions: _Optional[_Union[Quantiles, _Mapping]] = ..., value_micros: _Optional[_Union[Quantiles, _Mapping]] = ..., spend_micros: _Optional[_Union[Quantiles, _Mapping]] = ...) -> None: ...

class Quantiles(_message.Message):
    __slots__ = ("q025", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "q975")
    Q025_FIELD_NUMBER: _ClassVar[int]
    Q05_FIELD_NUMBER: _ClassVar[int]
    Q10_FIELD_NUMBER: _ClassVar[int]
    Q25_FIELD_NUMBER: _ClassVar[int]
    Q50_FIELD_NUMBER: _ClassVar[int]
    Q75_FIELD_NUMBER: _ClassVar[int]
    Q90_FIELD_NUMBER: _ClassVar[int]
    Q95_FIELD_NUMBER: _ClassVar[int]
    Q975_FIELD_NUMBER: _ClassVar[int]
    q025: float
    q05: float
    q10: float
    q25: float
    q50: float
    q75: float
    q90: float
    q95: float
    q975: float
    def __init__(self, q025: _Optional[float] = ..., q05: _Optional[float] = ..., q10: _Optional[float] = ..., q25: _Optional[float] = ..., q50: _Optional[float] = ..., q75: _Optional[float] = ..., q90: _Optional[float] = ..., q95: _Optional[float] = ..., q975: _Optional[float] = ...) -> None: ...

class CurvePoint(_message.Message):
    __slots__ = ("budget_micros", "spend_micros", "impressions", "reach", "clicks", "conversions", "value_micros", "planned")
    BUDGET_MICROS_FIELD_NUMBER: _ClassVar[int]
    SPEND_MICROS_FIELD_NUMBER: _ClassVar[int]
    IMPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    REACH_FIELD_NUMBER: _ClassVar[int]
    CLICKS_FIELD_NUMBER: _ClassVar[int]
    CONVERSIONS_FIELD_NUMBER: _ClassVar[int]
    VALUE_MICROS_FIELD_NUMBER: _ClassVar[int]
    PLANNED_FIELD_NUMBER: _ClassVar[int]
    budget_micros: float
    spend_micros: float
    impressions: float
    reach: float
    clicks: float
    conversions: float
    value_micros: float
    planned: bool
    def __init__(self, budget_micros: _Optional[float] = ..., spend_micros: _Optional[float] = ..., impressions: _Optional[float] = ..., reach: _Optional[float] = ..., clicks: _Optional[float] = ..., conversions: _Optional[float] = ..., value_micros: _Optional[float] = ..., planned: _Optional[bool] = ...) -> None: ...

class Problem(_message.Message):
    __slots__ = ("what", "where", "hint")
    WHAT_FIELD_NUMBER: _ClassVar[int]
    WHERE_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    what: str
    where: str
    hint: str
    def __init__(self, what: _Optional[str] = ..., where: _Optional[str] = ..., hint: _Optional[str] = ...) -> None: ...
