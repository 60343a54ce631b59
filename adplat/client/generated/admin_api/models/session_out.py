from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime


T = TypeVar("T", bound="SessionOut")


@_attrs_define
class SessionOut:
    """``is_this`` is the one that asks.

    Attributes:
        address (str):
        created (datetime.datetime):
        expires (datetime.datetime):
        is_this (bool):
        seen (datetime.datetime):
        session_id (str):
    """

    address: str
    created: datetime.datetime
    expires: datetime.datetime
    is_this: bool
    seen: datetime.datetime
    session_id: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        address = self.address

        created = self.created.isoformat()

        expires = self.expires.isoformat()

        is_this = self.is_this

        seen = self.seen.isoformat()

        session_id = self.session_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "address": address,
                "created": created,
                "expires": expires,
                "is_this": is_this,
                "seen": seen,
                "session_id": session_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        address = d.pop("address")

        created = datetime.datetime.fromisoformat(d.pop("created"))

        expires = datetime.datetime.fromisoformat(d.pop("expires"))

        is_this = d.pop("is_this")

        seen = datetime.datetime.fromisoformat(d.pop("seen"))

        session_id = d.pop("session_id")

        session_out = cls(
            address=address,
            created=created,
            expires=expires,
            is_this=is_this,
            seen=seen,
            session_id=session_id,
        )

        session_out.additional_properties = d
        return session_out

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
