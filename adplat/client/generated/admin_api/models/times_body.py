from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.every import Every
from ..types import UNSET, Unset


T = TypeVar("T", bound="TimesBody")


@_attrs_define
class TimesBody:
    """At an hour of a day, a weekday (0: Monday), or a day of the month (of shorter ones the last).

    Attributes:
        every (Every): How often.
        hour (int):
        day (int | Unset):  Default: 1.
        time_zone (str | Unset):  Default: 'UTC'.
        weekday (int | Unset):  Default: 0.
    """

    every: Every
    hour: int
    day: int | Unset = 1
    time_zone: str | Unset = "UTC"
    weekday: int | Unset = 0

    def to_dict(self) -> dict[str, Any]:
        every = self.every.value

        hour = self.hour

        day = self.day

        time_zone = self.time_zone

        weekday = self.weekday

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "every": every,
                "hour": hour,
            }
        )
        if day is not UNSET:
            field_dict["day"] = day
        if time_zone is not UNSET:
            field_dict["time_zone"] = time_zone
        if weekday is not UNSET:
            field_dict["weekday"] = weekday

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        every = Every(d.pop("every"))

        hour = d.pop("hour")

        day = d.pop("day", UNSET)

        time_zone = d.pop("time_zone", UNSET)

        weekday = d.pop("weekday", UNSET)

        times_body = cls(
            every=every,
            hour=hour,
            day=day,
            time_zone=time_zone,
            weekday=weekday,
        )

        return times_body
