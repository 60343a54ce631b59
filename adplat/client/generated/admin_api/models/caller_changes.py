from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.permission import Permission
from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="CallerChanges")


@_attrs_define
class CallerChanges:
    """Its rights anew, as a whole; an empty name stays as it was.

    Attributes:
        permissions (list[Permission]):
        advertisers (list[str] | None | Unset):
        name (str | Unset):  Default: ''.
        placements (list[str] | None | Unset):
    """

    permissions: list[Permission]
    advertisers: list[str] | None | Unset = UNSET
    name: str | Unset = ""
    placements: list[str] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        permissions = []
        for permissions_item_data in self.permissions:
            permissions_item = permissions_item_data.value
            permissions.append(permissions_item)

        advertisers: list[str] | None | Unset
        if isinstance(self.advertisers, Unset):
            advertisers = UNSET
        elif isinstance(self.advertisers, list):
            advertisers = self.advertisers

        else:
            advertisers = self.advertisers

        name = self.name

        placements: list[str] | None | Unset
        if isinstance(self.placements, Unset):
            placements = UNSET
        elif isinstance(self.placements, list):
            placements = self.placements

        else:
            placements = self.placements

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "permissions": permissions,
            }
        )
        if advertisers is not UNSET:
            field_dict["advertisers"] = advertisers
        if name is not UNSET:
            field_dict["name"] = name
        if placements is not UNSET:
            field_dict["placements"] = placements

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        permissions = []
        _permissions = d.pop("permissions")
        for permissions_item_data in _permissions:
            permissions_item = Permission(permissions_item_data)

            permissions.append(permissions_item)

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

        name = d.pop("name", UNSET)

        def _parse_placements(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                placements_type_0 = cast(list[str], data)

                return placements_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        placements = _parse_placements(d.pop("placements", UNSET))

        caller_changes = cls(
            permissions=permissions,
            advertisers=advertisers,
            name=name,
            placements=placements,
        )

        return caller_changes
