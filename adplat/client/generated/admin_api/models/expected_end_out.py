from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="ExpectedEndOut")


@_attrs_define
class ExpectedEndOut:
    """``at``: when a running one will have its planned units; ``first_at``: when, had its traffic not been raised.

    ``units``: that will have come at ``first_at``, and ``power`` with which they show the planned effect.

        Attributes:
            at (str):
            first_at (str):
            power (float):
            units (int):
    """

    at: str
    first_at: str
    power: float
    units: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at

        first_at = self.first_at

        power = self.power

        units = self.units

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "first_at": first_at,
                "power": power,
                "units": units,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        at = d.pop("at")

        first_at = d.pop("first_at")

        power = d.pop("power")

        units = d.pop("units")

        expected_end_out = cls(
            at=at,
            first_at=first_at,
            power=power,
            units=units,
        )

        expected_end_out.additional_properties = d
        return expected_end_out

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
