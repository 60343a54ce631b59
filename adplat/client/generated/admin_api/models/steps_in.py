from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.campaign_status import CampaignStatus
from typing import cast


T = TypeVar("T", bound="StepsIn")


@_attrs_define
class StepsIn:
    """``status`` is what all of them shall become.

    Attributes:
        campaign_ids (list[str]):
        status (CampaignStatus): A campaign's life.

            ::

                draft ──▶ scheduled ──▶ live ◀──▶ paused
                              │           │          │
                              └───────────┴──────────┴──▶ ended

            ``scheduled`` waits for its flight to begin; ``paused`` was stopped by a person and may go on;
            ``ended`` is final (flight over, or closed by a person).
    """

    campaign_ids: list[str]
    status: CampaignStatus

    def to_dict(self) -> dict[str, Any]:
        campaign_ids = self.campaign_ids

        status = self.status.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "campaign_ids": campaign_ids,
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        campaign_ids = cast(list[str], d.pop("campaign_ids"))

        status = CampaignStatus(d.pop("status"))

        steps_in = cls(
            campaign_ids=campaign_ids,
            status=status,
        )

        return steps_in
