from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.plan_out_power_by_units_item import PlanOutPowerByUnitsItem


T = TypeVar("T", bound="PlanOut")


@_attrs_define
class PlanOut:
    """``power_by_units``: what fewer and more units would show of the same effect.

    Attributes:
        duration_days (float | None):
        effect (float):
        expected_units (float):
        method (str):
        minimum_detectable_effect (float):
        power (float):
        power_by_units (list[PlanOutPowerByUnitsItem]):
        units (int):
        units_per_arm (list[int]):
    """

    duration_days: float | None
    effect: float
    expected_units: float
    method: str
    minimum_detectable_effect: float
    power: float
    power_by_units: list[PlanOutPowerByUnitsItem]
    units: int
    units_per_arm: list[int]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.plan_out_power_by_units_item import PlanOutPowerByUnitsItem  # noqa: PLC0415

        duration_days: float | None
        duration_days = self.duration_days

        effect = self.effect

        expected_units = self.expected_units

        method = self.method

        minimum_detectable_effect = self.minimum_detectable_effect

        power = self.power

        power_by_units = []
        for power_by_units_item_data in self.power_by_units:
            power_by_units_item = power_by_units_item_data.to_dict()
            power_by_units.append(power_by_units_item)

        units = self.units

        units_per_arm = self.units_per_arm

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "duration_days": duration_days,
                "effect": effect,
                "expected_units": expected_units,
                "method": method,
                "minimum_detectable_effect": minimum_detectable_effect,
                "power": power,
                "power_by_units": power_by_units,
                "units": units,
                "units_per_arm": units_per_arm,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.plan_out_power_by_units_item import PlanOutPowerByUnitsItem  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_duration_days(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        duration_days = _parse_duration_days(d.pop("duration_days"))

        effect = d.pop("effect")

        expected_units = d.pop("expected_units")

        method = d.pop("method")

        minimum_detectable_effect = d.pop("minimum_detectable_effect")

        power = d.pop("power")

        power_by_units = []
        _power_by_units = d.pop("power_by_units")
        for power_by_units_item_data in _power_by_units:
            power_by_units_item = PlanOutPowerByUnitsItem.from_dict(power_by_units_item_data)

            power_by_units.append(power_by_units_item)

        units = d.pop("units")

        units_per_arm = cast(list[int], d.pop("units_per_arm"))

        plan_out = cls(
            duration_days=duration_days,
            effect=effect,
            expected_units=expected_units,
            method=method,
            minimum_detectable_effect=minimum_detectable_effect,
            power=power,
            power_by_units=power_by_units,
            units=units,
            units_per_arm=units_per_arm,
        )

        plan_out.additional_properties = d
        return plan_out

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
