from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.role import Role
from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="UserIn")


@_attrs_define
class UserIn:
    """
    Attributes:
        password (str):
        role (Role): What somebody is here for. ``advertiser`` is the only one that sees a part of the advertisers.
        user_id (str):
        advertisers (list[str] | None | Unset):
        name (str | Unset):  Default: ''.
    """

    password: str
    role: Role
    user_id: str
    advertisers: list[str] | None | Unset = UNSET
    name: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        password = self.password

        role = self.role.value

        user_id = self.user_id

        advertisers: list[str] | None | Unset
        if isinstance(self.advertisers, Unset):
            advertisers = UNSET
        elif isinstance(self.advertisers, list):
            advertisers = self.advertisers

        else:
            advertisers = self.advertisers

        name = self.name

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "password": password,
                "role": role,
                "user_id": user_id,
            }
        )
        if advertisers is not UNSET:
            field_dict["advertisers"] = advertisers
        if name is not UNSET:
            field_dict["name"] = name

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        password = d.pop("password")

        role = Role(d.pop("role"))

        user_id = d.pop("user_id")

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

        user_in = cls(
            password=password,
            role=role,
            user_id=user_id,
            advertisers=advertisers,
            name=name,
        )

        return user_in
