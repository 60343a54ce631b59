from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="PastOut")


@_attrs_define
class PastOut:
    """What a plan's ``baseline`` and ``daily_units`` may be.

    Attributes:
        daily_units (float):
        mean (float):
        since (str):
        std (float):
        units (int):
        until (str):
    """

    daily_units: float
    mean: float
    since: str
    std: float
    units: int
    until: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        daily_units = self.daily_units

        mean = self.mean

        since = self.since

        std = self.std

        units = self.units

        until = self.until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "daily_units": daily_units,
                "mean": mean,
                "since": since,
                "std": std,
                "units": units,
                "until": until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        daily_units = d.pop("daily_units")

        mean = d.pop("mean")

        since = d.pop("since")

        std = d.pop("std")

        units = d.pop("units")

        until = d.pop("until")

        past_out = cls(
            daily_units=daily_units,
            mean=mean,
            since=since,
            std=std,
            units=units,
            until=until,
        )

        past_out.additional_properties = d
        return past_out

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
