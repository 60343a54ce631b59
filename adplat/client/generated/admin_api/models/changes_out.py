from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast


T = TypeVar("T", bound="ChangesOut")


@_attrs_define
class ChangesOut:
    """What going live would change, beside what clicks are told by.

    Attributes:
        ends_shadow (None | str):
        instead_of (None | str):
        is_live (bool):
        other_schema (bool):
    """

    ends_shadow: None | str
    instead_of: None | str
    is_live: bool
    other_schema: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ends_shadow: None | str
        ends_shadow = self.ends_shadow

        instead_of: None | str
        instead_of = self.instead_of

        is_live = self.is_live

        other_schema = self.other_schema

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ends_shadow": ends_shadow,
                "instead_of": instead_of,
                "is_live": is_live,
                "other_schema": other_schema,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_ends_shadow(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ends_shadow = _parse_ends_shadow(d.pop("ends_shadow"))

        def _parse_instead_of(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        instead_of = _parse_instead_of(d.pop("instead_of"))

        is_live = d.pop("is_live")

        other_schema = d.pop("other_schema")

        changes_out = cls(
            ends_shadow=ends_shadow,
            instead_of=instead_of,
            is_live=is_live,
            other_schema=other_schema,
        )

        changes_out.additional_properties = d
        return changes_out

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
