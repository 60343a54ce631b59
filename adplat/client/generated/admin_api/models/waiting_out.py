from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.waits import Waits
from typing import cast

if TYPE_CHECKING:
    from ..models.waiting_out_review_type_0 import WaitingOutReviewType0


T = TypeVar("T", bound="WaitingOut")


@_attrs_define
class WaitingOut:
    """One that waits; ``etag`` goes back with a decision. ``review`` null: nobody reviewed it here.

    Attributes:
        advertiser_id (str):
        campaign_id (str):
        etag (str):
        has_picture (bool):
        headline (str):
        id (str):
        is_clean (bool):
        kind (Waits): What kind of thing waits.
        review (None | WaitingOutReviewType0):
    """

    advertiser_id: str
    campaign_id: str
    etag: str
    has_picture: bool
    headline: str
    id: str
    is_clean: bool
    kind: Waits
    review: None | WaitingOutReviewType0
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.waiting_out_review_type_0 import WaitingOutReviewType0  # noqa: PLC0415

        advertiser_id = self.advertiser_id

        campaign_id = self.campaign_id

        etag = self.etag

        has_picture = self.has_picture

        headline = self.headline

        id = self.id

        is_clean = self.is_clean

        kind = self.kind.value

        review: dict[str, Any] | None
        if isinstance(self.review, WaitingOutReviewType0):
            review = self.review.to_dict()
        else:
            review = self.review

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "advertiser_id": advertiser_id,
                "campaign_id": campaign_id,
                "etag": etag,
                "has_picture": has_picture,
                "headline": headline,
                "id": id,
                "is_clean": is_clean,
                "kind": kind,
                "review": review,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.waiting_out_review_type_0 import WaitingOutReviewType0  # noqa: PLC0415

        d = dict(src_dict)
        advertiser_id = d.pop("advertiser_id")

        campaign_id = d.pop("campaign_id")

        etag = d.pop("etag")

        has_picture = d.pop("has_picture")

        headline = d.pop("headline")

        id = d.pop("id")

        is_clean = d.pop("is_clean")

        kind = Waits(d.pop("kind"))

        def _parse_review(data: object) -> None | WaitingOutReviewType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                review_type_0 = WaitingOutReviewType0.from_dict(data)

                return review_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | WaitingOutReviewType0, data)

        review = _parse_review(d.pop("review"))

        waiting_out = cls(
            advertiser_id=advertiser_id,
            campaign_id=campaign_id,
            etag=etag,
            has_picture=has_picture,
            headline=headline,
            id=id,
            is_clean=is_clean,
            kind=kind,
            review=review,
        )

        waiting_out.additional_properties = d
        return waiting_out

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
