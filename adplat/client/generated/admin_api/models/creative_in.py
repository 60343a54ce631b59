from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset


T = TypeVar("T", bound="CreativeIn")


@_attrs_define
class CreativeIn:
    """A picture (PNG, JPEG, GIF or WebP as base64), or words, or both, for one placement.

    Attributes:
        ad_id (str):
        placement (str):
        body (str | Unset):  Default: ''.
        category (str | Unset):  Default: ''.
        cta (str | Unset):  Default: ''.
        file_name (str | Unset):  Default: ''.
        headline (str | Unset):  Default: ''.
        image (str | Unset):  Default: ''.
        language (str | Unset):  Default: ''.
    """

    ad_id: str
    placement: str
    body: str | Unset = ""
    category: str | Unset = ""
    cta: str | Unset = ""
    file_name: str | Unset = ""
    headline: str | Unset = ""
    image: str | Unset = ""
    language: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        ad_id = self.ad_id

        placement = self.placement

        body = self.body

        category = self.category

        cta = self.cta

        file_name = self.file_name

        headline = self.headline

        image = self.image

        language = self.language

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "ad_id": ad_id,
                "placement": placement,
            }
        )
        if body is not UNSET:
            field_dict["body"] = body
        if category is not UNSET:
            field_dict["category"] = category
        if cta is not UNSET:
            field_dict["cta"] = cta
        if file_name is not UNSET:
            field_dict["file_name"] = file_name
        if headline is not UNSET:
            field_dict["headline"] = headline
        if image is not UNSET:
            field_dict["image"] = image
        if language is not UNSET:
            field_dict["language"] = language

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        ad_id = d.pop("ad_id")

        placement = d.pop("placement")

        body = d.pop("body", UNSET)

        category = d.pop("category", UNSET)

        cta = d.pop("cta", UNSET)

        file_name = d.pop("file_name", UNSET)

        headline = d.pop("headline", UNSET)

        image = d.pop("image", UNSET)

        language = d.pop("language", UNSET)

        creative_in = cls(
            ad_id=ad_id,
            placement=placement,
            body=body,
            category=category,
            cta=cta,
            file_name=file_name,
            headline=headline,
            image=image,
            language=language,
        )

        return creative_in
