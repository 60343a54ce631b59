from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.made_caller_key_out_state import MadeCallerKeyOutState
from typing import cast
import datetime


T = TypeVar("T", bound="MadeCallerKeyOut")


@_attrs_define
class MadeCallerKeyOut:
    """``secret`` is told this once.

    Attributes:
        caller_id (str):
        created (datetime.datetime):
        created_by (str):
        expires (datetime.datetime | None):
        key_id (str):
        revoked (datetime.datetime | None):
        secret (str):
        state (MadeCallerKeyOutState):
    """

    caller_id: str
    created: datetime.datetime
    created_by: str
    expires: datetime.datetime | None
    key_id: str
    revoked: datetime.datetime | None
    secret: str
    state: MadeCallerKeyOutState
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        caller_id = self.caller_id

        created = self.created.isoformat()

        created_by = self.created_by

        expires: None | str
        if isinstance(self.expires, datetime.datetime):
            expires = self.expires.isoformat()
        else:
            expires = self.expires

        key_id = self.key_id

        revoked: None | str
        if isinstance(self.revoked, datetime.datetime):
            revoked = self.revoked.isoformat()
        else:
            revoked = self.revoked

        secret = self.secret

        state = self.state.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "caller_id": caller_id,
                "created": created,
                "created_by": created_by,
                "expires": expires,
                "key_id": key_id,
                "revoked": revoked,
                "secret": secret,
                "state": state,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        caller_id = d.pop("caller_id")

        created = datetime.datetime.fromisoformat(d.pop("created"))

        created_by = d.pop("created_by")

        def _parse_expires(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_type_0 = datetime.datetime.fromisoformat(data)

                return expires_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        expires = _parse_expires(d.pop("expires"))

        key_id = d.pop("key_id")

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

        secret = d.pop("secret")

        state = MadeCallerKeyOutState(d.pop("state"))

        made_caller_key_out = cls(
            caller_id=caller_id,
            created=created,
            created_by=created_by,
            expires=expires,
            key_id=key_id,
            revoked=revoked,
            secret=secret,
            state=state,
        )

        made_caller_key_out.additional_properties = d
        return made_caller_key_out

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
