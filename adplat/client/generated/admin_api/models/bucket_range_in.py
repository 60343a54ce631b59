from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset


T = TypeVar("T", bound="BucketRangeIn")


@_attrs_define
class BucketRangeIn:
    """Buckets of the layer, ``end`` excluded.

    Attributes:
        end (int | Unset):  Default: 10000.
        first (int | Unset):  Default: 0.
    """

    end: int | Unset = 10000
    first: int | Unset = 0

    def to_dict(self) -> dict[str, Any]:
        end = self.end

        first = self.first

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if end is not UNSET:
            field_dict["end"] = end
        if first is not UNSET:
            field_dict["first"] = first

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        end = d.pop("end", UNSET)

        first = d.pop("first", UNSET)

        bucket_range_in = cls(
            end=end,
            first=first,
        )

        return bucket_range_in
