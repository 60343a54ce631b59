from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.campaign_status import CampaignStatus
from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.bid_strategy_out import BidStrategyOut
    from ..models.campaign_out_attribution import CampaignOutAttribution
    from ..models.campaign_out_frequency_caps_item import CampaignOutFrequencyCapsItem
    from ..models.campaign_out_targeting import CampaignOutTargeting


T = TypeVar("T", bound="CampaignOut")


@_attrs_define
class CampaignOut:
    """
    Attributes:
        advertiser_id (str):
        attribution (CampaignOutAttribution):
        bid_strategy (BidStrategyOut):
        campaign_id (str):
        currency (None | str):
        daily_budget_micros (int | None):
        flight_end (datetime.datetime | None):
        flight_start (datetime.datetime):
        frequency_caps (list[CampaignOutFrequencyCapsItem]):
        name (str):
        status (CampaignStatus): A campaign's life.

            ::

                draft ──▶ scheduled ──▶ live ◀──▶ paused
                              │           │          │
                              └───────────┴──────────┴──▶ ended

            ``scheduled`` waits for its flight to begin; ``paused`` was stopped by a person and may go on;
            ``ended`` is final (flight over, or closed by a person).
        targeting (CampaignOutTargeting):
        time_zone (str):
        total_budget_micros (int | None):
    """

    advertiser_id: str
    attribution: CampaignOutAttribution
    bid_strategy: BidStrategyOut
    campaign_id: str
    currency: None | str
    daily_budget_micros: int | None
    flight_end: datetime.datetime | None
    flight_start: datetime.datetime
    frequency_caps: list[CampaignOutFrequencyCapsItem]
    name: str
    status: CampaignStatus
    targeting: CampaignOutTargeting
    time_zone: str
    total_budget_micros: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.bid_strategy_out import BidStrategyOut  # noqa: PLC0415
        from ..models.campaign_out_attribution import CampaignOutAttribution  # noqa: PLC0415
        from ..models.campaign_out_frequency_caps_item import CampaignOutFrequencyCapsItem  # noqa: PLC0415
        from ..models.campaign_out_targeting import CampaignOutTargeting  # noqa: PLC0415

        advertiser_id = self.advertiser_id

        attribution = self.attribution.to_dict()

        bid_strategy = self.bid_strategy.to_dict()

        campaign_id = self.campaign_id

        currency: None | str
        currency = self.currency

        daily_budget_micros: int | None
        daily_budget_micros = self.daily_budget_micros

        flight_end: None | str
        if isinstance(self.flight_end, datetime.datetime):
            flight_end = self.flight_end.isoformat()
        else:
            flight_end = self.flight_end

        flight_start = self.flight_start.isoformat()

        frequency_caps = []
        for frequency_caps_item_data in self.frequency_caps:
            frequency_caps_item = frequency_caps_item_data.to_dict()
            frequency_caps.append(frequency_caps_item)

        name = self.name

        status = self.status.value

        targeting = self.targeting.to_dict()

        time_zone = self.time_zone

        total_budget_micros: int | None
        total_budget_micros = self.total_budget_micros

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "advertiser_id": advertiser_id,
                "attribution": attribution,
                "bid_strategy": bid_strategy,
                "campaign_id": campaign_id,
                "currency": currency,
                "daily_budget_micros": daily_budget_micros,
                "flight_end": flight_end,
                "flight_start": flight_start,
                "frequency_caps": frequency_caps,
                "name": name,
                "status": status,
                "targeting": targeting,
                "time_zone": time_zone,
                "total_budget_micros": total_budget_micros,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.bid_strategy_out import BidStrategyOut  # noqa: PLC0415
        from ..models.campaign_out_attribution import CampaignOutAttribution  # noqa: PLC0415
        from ..models.campaign_out_frequency_caps_item import CampaignOutFrequencyCapsItem  # noqa: PLC0415
        from ..models.campaign_out_targeting import CampaignOutTargeting  # noqa: PLC0415

        d = dict(src_dict)
        advertiser_id = d.pop("advertiser_id")

        attribution = CampaignOutAttribution.from_dict(d.pop("attribution"))

        bid_strategy = BidStrategyOut.from_dict(d.pop("bid_strategy"))

        campaign_id = d.pop("campaign_id")

        def _parse_currency(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        currency = _parse_currency(d.pop("currency"))

        def _parse_daily_budget_micros(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        daily_budget_micros = _parse_daily_budget_micros(d.pop("daily_budget_micros"))

        def _parse_flight_end(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                flight_end_type_0 = datetime.datetime.fromisoformat(data)

                return flight_end_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        flight_end = _parse_flight_end(d.pop("flight_end"))

        flight_start = datetime.datetime.fromisoformat(d.pop("flight_start"))

        frequency_caps = []
        _frequency_caps = d.pop("frequency_caps")
        for frequency_caps_item_data in _frequency_caps:
            frequency_caps_item = CampaignOutFrequencyCapsItem.from_dict(frequency_caps_item_data)

            frequency_caps.append(frequency_caps_item)

        name = d.pop("name")

        status = CampaignStatus(d.pop("status"))

        targeting = CampaignOutTargeting.from_dict(d.pop("targeting"))

        time_zone = d.pop("time_zone")

        def _parse_total_budget_micros(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        total_budget_micros = _parse_total_budget_micros(d.pop("total_budget_micros"))

        campaign_out = cls(
            advertiser_id=advertiser_id,
            attribution=attribution,
            bid_strategy=bid_strategy,
            campaign_id=campaign_id,
            currency=currency,
            daily_budget_micros=daily_budget_micros,
            flight_end=flight_end,
            flight_start=flight_start,
            frequency_caps=frequency_caps,
            name=name,
            status=status,
            targeting=targeting,
            time_zone=time_zone,
            total_budget_micros=total_budget_micros,
        )

        campaign_out.additional_properties = d
        return campaign_out

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
