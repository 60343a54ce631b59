from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="SignInIn")


@_attrs_define
class SignInIn:
    """
    Attributes:
        password (str):
        user_id (str):
    """

    password: str
    user_id: str

    def to_dict(self) -> dict[str, Any]:
        password = self.password

        user_id = self.user_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "password": password,
                "user_id": user_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        password = d.pop("password")

        user_id = d.pop("user_id")

        sign_in_in = cls(
            password=password,
            user_id=user_id,
        )

        return sign_in_in
