from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="ReleaseIn")


@_attrs_define
class ReleaseIn:
    """Approved ones; ``original_share`` null: as the settings say.

    Attributes:
        drafts (list[str]):
        original_share (float | None | Unset):
    """

    drafts: list[str]
    original_share: float | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        drafts = self.drafts

        original_share: float | None | Unset
        if isinstance(self.original_share, Unset):
            original_share = UNSET
        else:
            original_share = self.original_share

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "drafts": drafts,
            }
        )
        if original_share is not UNSET:
            field_dict["original_share"] = original_share

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        drafts = cast(list[str], d.pop("drafts"))

        def _parse_original_share(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        original_share = _parse_original_share(d.pop("original_share", UNSET))

        release_in = cls(
            drafts=drafts,
            original_share=original_share,
        )

        return release_in
