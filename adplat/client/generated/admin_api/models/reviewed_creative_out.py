from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.creative_status import CreativeStatus
from typing import cast

if TYPE_CHECKING:
    from ..models.reviewed_creative_out_elements import ReviewedCreativeOutElements
    from ..models.reviewed_creative_out_review_type_0 import ReviewedCreativeOutReviewType0


T = TypeVar("T", bound="ReviewedCreativeOut")


@_attrs_define
class ReviewedCreativeOut:
    """``review`` null: it was not handed in here.

    Attributes:
        ad_id (str):
        advertiser_id (str):
        body (str):
        campaign_id (str):
        category (str):
        creative_id (str):
        cta (str):
        elements (ReviewedCreativeOutElements):
        has_picture (bool):
        headline (str):
        height_px (int | None):
        language (str):
        origin (str):
        review (None | ReviewedCreativeOutReviewType0):
        source (str):
        status (CreativeStatus): A creative's life.

            ::

                drafted ──▶ held ──▶ approved ──▶ live ◀──▶ paused
                             │                     │          │
                             └──▶ rejected         └──────────┴──▶ retired

            ``held`` waits for a person; ``approved`` may run but is not running yet; only ``live``
            creatives are ever chosen. ``rejected`` and ``retired`` are final.
        width_px (int | None):
    """

    ad_id: str
    advertiser_id: str
    body: str
    campaign_id: str
    category: str
    creative_id: str
    cta: str
    elements: ReviewedCreativeOutElements
    has_picture: bool
    headline: str
    height_px: int | None
    language: str
    origin: str
    review: None | ReviewedCreativeOutReviewType0
    source: str
    status: CreativeStatus
    width_px: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.reviewed_creative_out_elements import ReviewedCreativeOutElements  # noqa: PLC0415
        from ..models.reviewed_creative_out_review_type_0 import ReviewedCreativeOutReviewType0  # noqa: PLC0415

        ad_id = self.ad_id

        advertiser_id = self.advertiser_id

        body = self.body

        campaign_id = self.campaign_id

        category = self.category

        creative_id = self.creative_id

        cta = self.cta

        elements = self.elements.to_dict()

        has_picture = self.has_picture

        headline = self.headline

        height_px: int | None
        height_px = self.height_px

        language = self.language

        origin = self.origin

        review: dict[str, Any] | None
        if isinstance(self.review, ReviewedCreativeOutReviewType0):
            review = self.review.to_dict()
        else:
            review = self.review

        source = self.source

        status = self.status.value

        width_px: int | None
        width_px = self.width_px

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ad_id": ad_id,
                "advertiser_id": advertiser_id,
                "body": body,
                "campaign_id": campaign_id,
                "category": category,
                "creative_id": creative_id,
                "cta": cta,
                "elements": elements,
                "has_picture": has_picture,
                "headline": headline,
                "height_px": height_px,
                "language": language,
                "origin": origin,
                "review": review,
                "source": source,
                "status": status,
                "width_px": width_px,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reviewed_creative_out_elements import ReviewedCreativeOutElements  # noqa: PLC0415
        from ..models.reviewed_creative_out_review_type_0 import ReviewedCreativeOutReviewType0  # noqa: PLC0415

        d = dict(src_dict)
        ad_id = d.pop("ad_id")

        advertiser_id = d.pop("advertiser_id")

        body = d.pop("body")

        campaign_id = d.pop("campaign_id")

        category = d.pop("category")

        creative_id = d.pop("creative_id")

        cta = d.pop("cta")

        elements = ReviewedCreativeOutElements.from_dict(d.pop("elements"))

        has_picture = d.pop("has_picture")

        headline = d.pop("headline")

        def _parse_height_px(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        height_px = _parse_height_px(d.pop("height_px"))

        language = d.pop("language")

        origin = d.pop("origin")

        def _parse_review(data: object) -> None | ReviewedCreativeOutReviewType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                review_type_0 = ReviewedCreativeOutReviewType0.from_dict(data)

                return review_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReviewedCreativeOutReviewType0, data)

        review = _parse_review(d.pop("review"))

        source = d.pop("source")

        status = CreativeStatus(d.pop("status"))

        def _parse_width_px(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        width_px = _parse_width_px(d.pop("width_px"))

        reviewed_creative_out = cls(
            ad_id=ad_id,
            advertiser_id=advertiser_id,
            body=body,
            campaign_id=campaign_id,
            category=category,
            creative_id=creative_id,
            cta=cta,
            elements=elements,
            has_picture=has_picture,
            headline=headline,
            height_px=height_px,
            language=language,
            origin=origin,
            review=review,
            source=source,
            status=status,
            width_px=width_px,
        )

        reviewed_creative_out.additional_properties = d
        return reviewed_creative_out

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
