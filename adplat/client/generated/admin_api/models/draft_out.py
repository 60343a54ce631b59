from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.creative_status import CreativeStatus
from typing import cast

if TYPE_CHECKING:
    from ..models.draft_out_review import DraftOutReview


T = TypeVar("T", bound="DraftOut")


@_attrs_define
class DraftOut:
    """One held or decided draft, as ``adplat drafts show --json`` tells it.

    Attributes:
        advertiser_id (str):
        campaign_id (str):
        draft_id (str):
        placement (str):
        review (DraftOutReview):
        status (CreativeStatus): A creative's life.

            ::

                drafted ──▶ held ──▶ approved ──▶ live ◀──▶ paused
                             │                     │          │
                             └──▶ rejected         └──────────┴──▶ retired

            ``held`` waits for a person; ``approved`` may run but is not running yet; only ``live``
            creatives are ever chosen. ``rejected`` and ``retired`` are final.
    """

    advertiser_id: str
    campaign_id: str
    draft_id: str
    placement: str
    review: DraftOutReview
    status: CreativeStatus
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.draft_out_review import DraftOutReview  # noqa: PLC0415

        advertiser_id = self.advertiser_id

        campaign_id = self.campaign_id

        draft_id = self.draft_id

        placement = self.placement

        review = self.review.to_dict()

        status = self.status.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "advertiser_id": advertiser_id,
                "campaign_id": campaign_id,
                "draft_id": draft_id,
                "placement": placement,
                "review": review,
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.draft_out_review import DraftOutReview  # noqa: PLC0415

        d = dict(src_dict)
        advertiser_id = d.pop("advertiser_id")

        campaign_id = d.pop("campaign_id")

        draft_id = d.pop("draft_id")

        placement = d.pop("placement")

        review = DraftOutReview.from_dict(d.pop("review"))

        status = CreativeStatus(d.pop("status"))

        draft_out = cls(
            advertiser_id=advertiser_id,
            campaign_id=campaign_id,
            draft_id=draft_id,
            placement=placement,
            review=review,
            status=status,
        )

        draft_out.additional_properties = d
        return draft_out

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
