from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.forecast_document_curve_item import ForecastDocumentCurveItem
    from ..models.forecast_document_daily_item import ForecastDocumentDailyItem
    from ..models.forecast_document_inputs import ForecastDocumentInputs
    from ..models.forecast_document_plan import ForecastDocumentPlan
    from ..models.forecast_document_reasons_item import ForecastDocumentReasonsItem
    from ..models.forecast_document_total import ForecastDocumentTotal


T = TypeVar("T", bound="ForecastDocument")


@_attrs_define
class ForecastDocument:
    """As ``adplat forecast run --json`` tells it; ``reasons`` say why where it is ``refused``.

    Attributes:
        plan (ForecastDocumentPlan):
        reasons (list[ForecastDocumentReasonsItem]):
        refused (bool):
        curve (list[ForecastDocumentCurveItem] | Unset):
        daily (list[ForecastDocumentDailyItem] | Unset):
        inputs (ForecastDocumentInputs | Unset):
        notes (list[str] | Unset):
        total (ForecastDocumentTotal | Unset):
    """

    plan: ForecastDocumentPlan
    reasons: list[ForecastDocumentReasonsItem]
    refused: bool
    curve: list[ForecastDocumentCurveItem] | Unset = UNSET
    daily: list[ForecastDocumentDailyItem] | Unset = UNSET
    inputs: ForecastDocumentInputs | Unset = UNSET
    notes: list[str] | Unset = UNSET
    total: ForecastDocumentTotal | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.forecast_document_curve_item import ForecastDocumentCurveItem  # noqa: PLC0415
        from ..models.forecast_document_daily_item import ForecastDocumentDailyItem  # noqa: PLC0415
        from ..models.forecast_document_inputs import ForecastDocumentInputs  # noqa: PLC0415
        from ..models.forecast_document_plan import ForecastDocumentPlan  # noqa: PLC0415
        from ..models.forecast_document_reasons_item import ForecastDocumentReasonsItem  # noqa: PLC0415
        from ..models.forecast_document_total import ForecastDocumentTotal  # noqa: PLC0415

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
        from ..models.forecast_document_curve_item import ForecastDocumentCurveItem  # noqa: PLC0415
        from ..models.forecast_document_daily_item import ForecastDocumentDailyItem  # noqa: PLC0415
        from ..models.forecast_document_inputs import ForecastDocumentInputs  # noqa: PLC0415
        from ..models.forecast_document_plan import ForecastDocumentPlan  # noqa: PLC0415
        from ..models.forecast_document_reasons_item import ForecastDocumentReasonsItem  # noqa: PLC0415
        from ..models.forecast_document_total import ForecastDocumentTotal  # noqa: PLC0415

        d = dict(src_dict)
        plan = ForecastDocumentPlan.from_dict(d.pop("plan"))

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = ForecastDocumentReasonsItem.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        refused = d.pop("refused")

        _curve = d.pop("curve", UNSET)
        curve: list[ForecastDocumentCurveItem] | Unset = UNSET
        if _curve is not UNSET:
            curve = []
            for curve_item_data in _curve:
                curve_item = ForecastDocumentCurveItem.from_dict(curve_item_data)

                curve.append(curve_item)

        _daily = d.pop("daily", UNSET)
        daily: list[ForecastDocumentDailyItem] | Unset = UNSET
        if _daily is not UNSET:
            daily = []
            for daily_item_data in _daily:
                daily_item = ForecastDocumentDailyItem.from_dict(daily_item_data)

                daily.append(daily_item)

        _inputs = d.pop("inputs", UNSET)
        inputs: ForecastDocumentInputs | Unset
        if isinstance(_inputs, Unset):
            inputs = UNSET
        else:
            inputs = ForecastDocumentInputs.from_dict(_inputs)

        notes = cast(list[str], d.pop("notes", UNSET))

        _total = d.pop("total", UNSET)
        total: ForecastDocumentTotal | Unset
        if isinstance(_total, Unset):
            total = UNSET
        else:
            total = ForecastDocumentTotal.from_dict(_total)

        forecast_document = cls(
            plan=plan,
            reasons=reasons,
            refused=refused,
            curve=curve,
            daily=daily,
            inputs=inputs,
            notes=notes,
            total=total,
        )

        forecast_document.additional_properties = d
        return forecast_document

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
