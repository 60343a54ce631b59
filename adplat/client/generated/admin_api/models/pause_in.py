from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="PauseIn")


@_attrs_define
class PauseIn:
    """``arm``: not the control; its units go to the others.

    Attributes:
        arm (str):
        reason (str):
    """

    arm: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        arm = self.arm

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "arm": arm,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        arm = d.pop("arm")

        reason = d.pop("reason")

        pause_in = cls(
            arm=arm,
            reason=reason,
        )

        return pause_in
