from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.role import Role
from typing import cast
import datetime


T = TypeVar("T", bound="UserOut")


@_attrs_define
class UserOut:
    """
    Attributes:
        advertisers (list[str] | None):
        disabled (datetime.datetime | None):
        name (str):
        rights (list[str]):
        role (Role): What somebody is here for. ``advertiser`` is the only one that sees a part of the advertisers.
        user_id (str):
    """

    advertisers: list[str] | None
    disabled: datetime.datetime | None
    name: str
    rights: list[str]
    role: Role
    user_id: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        advertisers: list[str] | None
        if isinstance(self.advertisers, list):
            advertisers = self.advertisers

        else:
            advertisers = self.advertisers

        disabled: None | str
        if isinstance(self.disabled, datetime.datetime):
            disabled = self.disabled.isoformat()
        else:
            disabled = self.disabled

        name = self.name

        rights = self.rights

        role = self.role.value

        user_id = self.user_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "advertisers": advertisers,
                "disabled": disabled,
                "name": name,
                "rights": rights,
                "role": role,
                "user_id": user_id,
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

        def _parse_disabled(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                disabled_type_0 = datetime.datetime.fromisoformat(data)

                return disabled_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        disabled = _parse_disabled(d.pop("disabled"))

        name = d.pop("name")

        rights = cast(list[str], d.pop("rights"))

        role = Role(d.pop("role"))

        user_id = d.pop("user_id")

        user_out = cls(
            advertisers=advertisers,
            disabled=disabled,
            name=name,
            rights=rights,
            role=role,
            user_id=user_id,
        )

        user_out.additional_properties = d
        return user_out

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
