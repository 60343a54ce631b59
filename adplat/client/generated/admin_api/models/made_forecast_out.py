from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.made_forecast_out_curve_item import MadeForecastOutCurveItem
    from ..models.made_forecast_out_daily_item import MadeForecastOutDailyItem
    from ..models.made_forecast_out_inputs import MadeForecastOutInputs
    from ..models.made_forecast_out_plan import MadeForecastOutPlan
    from ..models.made_forecast_out_reasons_item import MadeForecastOutReasonsItem
    from ..models.made_forecast_out_total import MadeForecastOutTotal


T = TypeVar("T", bound="MadeForecastOut")


@_attrs_define
class MadeForecastOut:
    """``forecast_id`` null: it was refused, and a refusal is not kept.

    Attributes:
        forecast_id (None | str):
        plan (MadeForecastOutPlan):
        reasons (list[MadeForecastOutReasonsItem]):
        refused (bool):
        curve (list[MadeForecastOutCurveItem] | Unset):
        daily (list[MadeForecastOutDailyItem] | Unset):
        inputs (MadeForecastOutInputs | Unset):
        notes (list[str] | Unset):
        total (MadeForecastOutTotal | Unset):
    """

    forecast_id: None | str
    plan: MadeForecastOutPlan
    reasons: list[MadeForecastOutReasonsItem]
    refused: bool
    curve: list[MadeForecastOutCurveItem] | Unset = UNSET
    daily: list[MadeForecastOutDailyItem] | Unset = UNSET
    inputs: MadeForecastOutInputs | Unset = UNSET
    notes: list[str] | Unset = UNSET
    total: MadeForecastOutTotal | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.made_forecast_out_curve_item import MadeForecastOutCurveItem  # noqa: PLC0415
        from ..models.made_forecast_out_daily_item import MadeForecastOutDailyItem  # noqa: PLC0415
        from ..models.made_forecast_out_inputs import MadeForecastOutInputs  # noqa: PLC0415
        from ..models.made_forecast_out_plan import MadeForecastOutPlan  # noqa: PLC0415
        from ..models.made_forecast_out_reasons_item import MadeForecastOutReasonsItem  # noqa: PLC0415
        from ..models.made_forecast_out_total import MadeForecastOutTotal  # noqa: PLC0415

        forecast_id: None | str
        forecast_id = self.forecast_id

        plan = self.plan.to_dict()

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item = reasons_item_data.to_dict()
            reasons.append(reasons_item)

        refused = self.refused

        curve: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.curve, Unset):
            curve = []
            for curve_item_data in self.curve:
                curve_item = curve_item_data.to_dict()
                curve.append(curve_item)

        daily: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.daily, Unset):
            daily = []
            for daily_item_data in self.daily:
                daily_item = daily_item_data.to_dict()
                daily.append(daily_item)

        inputs: dict[str, Any] | Unset = UNSET
        if not isinstance(self.inputs, Unset):
            inputs = self.inputs.to_dict()

        notes: list[str] | Unset = UNSET
        if not isinstance(self.notes, Unset):
            notes = self.notes

        total: dict[str, Any] | Unset = UNSET
        if not isinstance(self.total, Unset):
            total = self.total.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "forecast_id": forecast_id,
                "plan": plan,
                "reasons": reasons,
                "refused": refused,
            }
        )
        if curve is not UNSET:
            field_dict["curve"] = curve
        if daily is not UNSET:
            field_dict["daily"] = daily
        if inputs is not UNSET:
            field_dict["inputs"] = inputs
        if notes is not UNSET:
            field_dict["notes"] = notes
        if total is not UNSET:
            field_dict["total"] = total

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.made_forecast_out_curve_item import MadeForecastOutCurveItem  # noqa: PLC0415
        from ..models.made_forecast_out_daily_item import MadeForecastOutDailyItem  # noqa: PLC0415
        from ..models.made_forecast_out_inputs import MadeForecastOutInputs  # noqa: PLC0415
        from ..models.made_forecast_out_plan import MadeForecastOutPlan  # noqa: PLC0415
        from ..models.made_forecast_out_reasons_item import MadeForecastOutReasonsItem  # noqa: PLC0415
        from ..models.made_forecast_out_total import MadeForecastOutTotal  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_forecast_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        forecast_id = _parse_forecast_id(d.pop("forecast_id"))

        plan = MadeForecastOutPlan.from_dict(d.pop("plan"))

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = MadeForecastOutReasonsItem.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        refused = d.pop("refused")

        _curve = d.pop("curve", UNSET)
        curve: list[MadeForecastOutCurveItem] | Unset = UNSET
        if _curve is not UNSET:
            curve = []
            for curve_item_data in _curve:
                curve_item = MadeForecastOutCurveItem.from_dict(curve_item_data)

                curve.append(curve_item)

        _daily = d.pop("daily", UNSET)
        daily: list[MadeForecastOutDailyItem] | Unset = UNSET
        if _daily is not UNSET:
            daily = []
            for daily_item_data in _daily:
                daily_item = MadeForecastOutDailyItem.from_dict(daily_item_data)

                daily.append(daily_item)

        _inputs = d.pop("inputs", UNSET)
        inputs: MadeForecastOutInputs | Unset
        if isinstance(_inputs, Unset):
            inputs = UNSET
        else:
            inputs = MadeForecastOutInputs.from_dict(_inputs)

        notes = cast(list[str], d.pop("notes", UNSET))

        _total = d.pop("total", UNSET)
        total: MadeForecastOutTotal | Unset
        if isinstance(_total, Unset):
            total = UNSET
        else:
            total = MadeForecastOutTotal.from_dict(_total)

        made_forecast_out = cls(
            forecast_id=forecast_id,
            plan=plan,
            reasons=reasons,
            refused=refused,
            curve=curve,
            daily=daily,
            inputs=inputs,
            notes=notes,
            total=total,
        )

        made_forecast_out.additional_properties = d
        return made_forecast_out

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
