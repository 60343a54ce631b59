from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.permission import Permission
from typing import cast


T = TypeVar("T", bound="CallerOut")


@_attrs_define
class CallerOut:
    """
    Attributes:
        advertisers (list[str] | None):
        caller_id (str):
        name (str):
        permissions (list[Permission]):
        placements (list[str] | None):
    """

    advertisers: list[str] | None
    caller_id: str
    name: str
    permissions: list[Permission]
    placements: list[str] | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        advertisers: list[str] | None
        if isinstance(self.advertisers, list):
            advertisers = self.advertisers

        else:
            advertisers = self.advertisers

        caller_id = self.caller_id

        name = self.name

        permissions = []
        for permissions_item_data in self.permissions:
            permissions_item = permissions_item_data.value
            permissions.append(permissions_item)

        placements: list[str] | None
        if isinstance(self.placements, list):
            placements = self.placements

        else:
            placements = self.placements

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "advertisers": advertisers,
                "caller_id": caller_id,
                "name": name,
                "permissions": permissions,
                "placements": placements,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_advertisers(data: object) -> list[str] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                advertisers_type_0 = cast(list[str], data)

                return advertisers_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None, data)

        advertisers = _parse_advertisers(d.pop("advertisers"))

        caller_id = d.pop("caller_id")

        name = d.pop("name")

        permissions = []
        _permissions = d.pop("permissions")
        for permissions_item_data in _permissions:
            permissions_item = Permission(permissions_item_data)

            permissions.append(permissions_item)

        def _parse_placements(data: object) -> list[str] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                placements_type_0 = cast(list[str], data)

                return placements_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None, data)

        placements = _parse_placements(d.pop("placements"))

        caller_out = cls(
            advertisers=advertisers,
            caller_id=caller_id,
            name=name,
            permissions=permissions,
            placements=placements,
        )

        caller_out.additional_properties = d
        return caller_out

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
