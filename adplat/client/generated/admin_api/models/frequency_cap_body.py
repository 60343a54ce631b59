from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset


T = TypeVar("T", bound="FrequencyCapBody")


@_attrs_define
class FrequencyCapBody:
    """
    Attributes:
        limit (int):
        window_s (int):
        per_creative (bool | Unset):  Default: False.
    """

    limit: int
    window_s: int
    per_creative: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        limit = self.limit

        window_s = self.window_s

        per_creative = self.per_creative

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "limit": limit,
                "window_s": window_s,
            }
        )
        if per_creative is not UNSET:
            field_dict["per_creative"] = per_creative

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        limit = d.pop("limit")

        window_s = d.pop("window_s")

        per_creative = d.pop("per_creative", UNSET)

        frequency_cap_body = cls(
            limit=limit,
            window_s=window_s,
            per_creative=per_creative,
        )

        return frequency_cap_body
