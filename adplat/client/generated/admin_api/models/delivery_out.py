from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.campaign_status import CampaignStatus
from typing import cast
import datetime


T = TypeVar("T", bound="DeliveryOut")


@_attrs_define
class DeliveryOut:
    """Micros of the advertiser's currency.

    Attributes:
        ahead_micros (int | None):
        booked_micros (int | None):
        campaign (str):
        expected_micros (int | None):
        projected_end (datetime.datetime | None):
        projected_micros (int | None):
        spent_micros (int):
        spent_share (float | None):
        status (CampaignStatus): A campaign's life.

            ::

                draft ──▶ scheduled ──▶ live ◀──▶ paused
                              │           │          │
                              └───────────┴──────────┴──▶ ended

            ``scheduled`` waits for its flight to begin; ``paused`` was stopped by a person and may go on;
            ``ended`` is final (flight over, or closed by a person).
    """

    ahead_micros: int | None
    booked_micros: int | None
    campaign: str
    expected_micros: int | None
    projected_end: datetime.datetime | None
    projected_micros: int | None
    spent_micros: int
    spent_share: float | None
    status: CampaignStatus
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ahead_micros: int | None
        ahead_micros = self.ahead_micros

        booked_micros: int | None
        booked_micros = self.booked_micros

        campaign = self.campaign

        expected_micros: int | None
        expected_micros = self.expected_micros

        projected_end: None | str
        if isinstance(self.projected_end, datetime.datetime):
            projected_end = self.projected_end.isoformat()
        else:
            projected_end = self.projected_end

        projected_micros: int | None
        projected_micros = self.projected_micros

        spent_micros = self.spent_micros

        spent_share: float | None
        spent_share = self.spent_share

        status = self.status.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ahead_micros": ahead_micros,
                "booked_micros": booked_micros,
                "campaign": campaign,
                "expected_micros": expected_micros,
                "projected_end": projected_end,
                "projected_micros": projected_micros,
                "spent_micros": spent_micros,
                "spent_share": spent_share,
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_ahead_micros(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        ahead_micros = _parse_ahead_micros(d.pop("ahead_micros"))

        def _parse_booked_micros(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        booked_micros = _parse_booked_micros(d.pop("booked_micros"))

        campaign = d.pop("campaign")

        def _parse_expected_micros(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        expected_micros = _parse_expected_micros(d.pop("expected_micros"))

        def _parse_projected_end(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                projected_end_type_0 = datetime.datetime.fromisoformat(data)

                return projected_end_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        projected_end = _parse_projected_end(d.pop("projected_end"))

        def _parse_projected_micros(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        projected_micros = _parse_projected_micros(d.pop("projected_micros"))

        spent_micros = d.pop("spent_micros")

        def _parse_spent_share(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        spent_share = _parse_spent_share(d.pop("spent_share"))

        status = CampaignStatus(d.pop("status"))

        delivery_out = cls(
            ahead_micros=ahead_micros,
            booked_micros=booked_micros,
            campaign=campaign,
            expected_micros=expected_micros,
            projected_end=projected_end,
            projected_micros=projected_micros,
            spent_micros=spent_micros,
            spent_share=spent_share,
            status=status,
        )

        delivery_out.additional_properties = d
        return delivery_out

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
