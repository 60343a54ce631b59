from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.right import Right
from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="KeyIn")


@_attrs_define
class KeyIn:
    """
    Attributes:
        name (str):
        rights (list[Right]):
        advertisers (list[str] | None | Unset):
        days (int | Unset):  Default: 90.
    """

    name: str
    rights: list[Right]
    advertisers: list[str] | None | Unset = UNSET
    days: int | Unset = 90

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        rights = []
        for rights_item_data in self.rights:
            rights_item = rights_item_data.value
            rights.append(rights_item)

        advertisers: list[str] | None | Unset
        if isinstance(self.advertisers, Unset):
            advertisers = UNSET
        elif isinstance(self.advertisers, list):
            advertisers = self.advertisers

        else:
            advertisers = self.advertisers

        days = self.days

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "rights": rights,
            }
        )
        if advertisers is not UNSET:
            field_dict["advertisers"] = advertisers
        if days is not UNSET:
            field_dict["days"] = days

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        rights = []
        _rights = d.pop("rights")
        for rights_item_data in _rights:
            rights_item = Right(rights_item_data)

            rights.append(rights_item)

        def _parse_advertisers(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                advertisers_type_0 = cast(list[str], data)

                return advertisers_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        advertisers = _parse_advertisers(d.pop("advertisers", UNSET))

        days = d.pop("days", UNSET)

        key_in = cls(
            name=name,
            rights=rights,
            advertisers=advertisers,
            days=days,
        )

        return key_in
