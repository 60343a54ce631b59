from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime


T = TypeVar("T", bound="MadeKeyOut")


@_attrs_define
class MadeKeyOut:
    """``secret`` is told this once.

    Attributes:
        advertisers (list[str] | None):
        created (datetime.datetime):
        expires (datetime.datetime):
        key_id (str):
        name (str):
        revoked (datetime.datetime | None):
        rights (list[str]):
        secret (str):
        user_id (str):
    """

    advertisers: list[str] | None
    created: datetime.datetime
    expires: datetime.datetime
    key_id: str
    name: str
    revoked: datetime.datetime | None
    rights: list[str]
    secret: str
    user_id: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        advertisers: list[str] | None
        if isinstance(self.advertisers, list):
            advertisers = self.advertisers

        else:
            advertisers = self.advertisers

        created = self.created.isoformat()

        expires = self.expires.isoformat()

        key_id = self.key_id

        name = self.name

        revoked: None | str
        if isinstance(self.revoked, datetime.datetime):
            revoked = self.revoked.isoformat()
        else:
            revoked = self.revoked

        rights = self.rights

        secret = self.secret

        user_id = self.user_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "advertisers": advertisers,
                "created": created,
                "expires": expires,
                "key_id": key_id,
                "name": name,
                "revoked": revoked,
                "rights": rights,
                "secret": secret,
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

        created = datetime.datetime.fromisoformat(d.pop("created"))

        expires = datetime.datetime.fromisoformat(d.pop("expires"))

        key_id = d.pop("key_id")

        name = d.pop("name")

        def _parse_revoked(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                revoked_type_0 = datetime.datetime.fromisoformat(data)

                return revoked_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        revoked = _parse_revoked(d.pop("revoked"))

        rights = cast(list[str], d.pop("rights"))

        secret = d.pop("secret")

        user_id = d.pop("user_id")

        made_key_out = cls(
            advertisers=advertisers,
            created=created,
            expires=expires,
            key_id=key_id,
            name=name,
            revoked=revoked,
            rights=rights,
            secret=secret,
            user_id=user_id,
        )

        made_key_out.additional_properties = d
        return made_key_out

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
