from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset


T = TypeVar("T", bound="RaiseIn")


@_attrs_define
class RaiseIn:
    """``traffic``: the share of its units that takes part from now on, larger than the one of before.

    ``despite_alarms``: also where the latest result is unhealthy.

        Attributes:
            reason (str):
            traffic (float):
            despite_alarms (bool | Unset):  Default: False.
    """

    reason: str
    traffic: float
    despite_alarms: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        traffic = self.traffic

        despite_alarms = self.despite_alarms

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
                "traffic": traffic,
            }
        )
        if despite_alarms is not UNSET:
            field_dict["despite_alarms"] = despite_alarms

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        traffic = d.pop("traffic")

        despite_alarms = d.pop("despite_alarms", UNSET)

        raise_in = cls(
            reason=reason,
            traffic=traffic,
            despite_alarms=despite_alarms,
        )

        return raise_in
