from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="RotateIn")


@_attrs_define
class RotateIn:
    """``days`` null: as many as the old key was made for; ``old_hours``: how long that holds yet.

    Attributes:
        days (float | None | Unset):
        old_hours (float | Unset):  Default: 24.0.
    """

    days: float | None | Unset = UNSET
    old_hours: float | Unset = 24.0

    def to_dict(self) -> dict[str, Any]:
        days: float | None | Unset
        if isinstance(self.days, Unset):
            days = UNSET
        else:
            days = self.days

        old_hours = self.old_hours

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if days is not UNSET:
            field_dict["days"] = days
        if old_hours is not UNSET:
            field_dict["old_hours"] = old_hours

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_days(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        days = _parse_days(d.pop("days", UNSET))

        old_hours = d.pop("old_hours", UNSET)

        rotate_in = cls(
            days=days,
            old_hours=old_hours,
        )

        return rotate_in
