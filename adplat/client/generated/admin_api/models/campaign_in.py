from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.attribution_body import AttributionBody
    from ..models.bid_strategy_body import BidStrategyBody
    from ..models.frequency_cap_body import FrequencyCapBody
    from ..models.targeting_body import TargetingBody


T = TypeVar("T", bound="CampaignIn")


@_attrs_define
class CampaignIn:
    """A draft; budgets in micros of the advertiser's currency, null for no limit.

    Attributes:
        advertiser_id (str):
        bid_strategy (BidStrategyBody): ``target_micros`` per click, action or thousand impressions; ``target_ratio``
            for target_roas alone.
        flight_start (datetime.datetime):
        name (str):
        attribution (AttributionBody | Unset):
        daily_budget_micros (int | None | Unset):
        flight_end (datetime.datetime | None | Unset):
        frequency_caps (list[FrequencyCapBody] | Unset):
        targeting (TargetingBody | Unset): Empty: no restriction. ``countries`` by their ISO 3166 code of two or three
            letters; ``hours_of_week``
            from 0 (Monday 00:00) to 167.
        time_zone (str | Unset):  Default: 'UTC'.
        total_budget_micros (int | None | Unset):
    """

    advertiser_id: str
    bid_strategy: BidStrategyBody
    flight_start: datetime.datetime
    name: str
    attribution: AttributionBody | Unset = UNSET
    daily_budget_micros: int | None | Unset = UNSET
    flight_end: datetime.datetime | None | Unset = UNSET
    frequency_caps: list[FrequencyCapBody] | Unset = UNSET
    targeting: TargetingBody | Unset = UNSET
    time_zone: str | Unset = "UTC"
    total_budget_micros: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.attribution_body import AttributionBody  # noqa: PLC0415
        from ..models.bid_strategy_body import BidStrategyBody  # noqa: PLC0415
        from ..models.frequency_cap_body import FrequencyCapBody  # noqa: PLC0415
        from ..models.targeting_body import TargetingBody  # noqa: PLC0415

        advertiser_id = self.advertiser_id

        bid_strategy = self.bid_strategy.to_dict()

        flight_start = self.flight_start.isoformat()

        name = self.name

        attribution: dict[str, Any] | Unset = UNSET
        if not isinstance(self.attribution, Unset):
            attribution = self.attribution.to_dict()

        daily_budget_micros: int | None | Unset
        if isinstance(self.daily_budget_micros, Unset):
            daily_budget_micros = UNSET
        else:
            daily_budget_micros = self.daily_budget_micros

        flight_end: None | str | Unset
        if isinstance(self.flight_end, Unset):
            flight_end = UNSET
        elif isinstance(self.flight_end, datetime.datetime):
            flight_end = self.flight_end.isoformat()
        else:
            flight_end = self.flight_end

        frequency_caps: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.frequency_caps, Unset):
            frequency_caps = []
            for frequency_caps_item_data in self.frequency_caps:
                frequency_caps_item = frequency_caps_item_data.to_dict()
                frequency_caps.append(frequency_caps_item)

        targeting: dict[str, Any] | Unset = UNSET
        if not isinstance(self.targeting, Unset):
            targeting = self.targeting.to_dict()

        time_zone = self.time_zone

        total_budget_micros: int | None | Unset
        if isinstance(self.total_budget_micros, Unset):
            total_budget_micros = UNSET
        else:
            total_budget_micros = self.total_budget_micros

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "advertiser_id": advertiser_id,
                "bid_strategy": bid_strategy,
                "flight_start": flight_start,
                "name": name,
            }
        )
        if attribution is not UNSET:
            field_dict["attribution"] = attribution
        if daily_budget_micros is not UNSET:
            field_dict["daily_budget_micros"] = daily_budget_micros
        if flight_end is not UNSET:
            field_dict["flight_end"] = flight_end
        if frequency_caps is not UNSET:
            field_dict["frequency_caps"] = frequency_caps
        if targeting is not UNSET:
            field_dict["targeting"] = targeting
        if time_zone is not UNSET:
            field_dict["time_zone"] = time_zone
        if total_budget_micros is not UNSET:
            field_dict["total_budget_micros"] = total_budget_micros

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.attribution_body import AttributionBody  # noqa: PLC0415
        from ..models.bid_strategy_body import BidStrategyBody  # noqa: PLC0415
        from ..models.frequency_cap_body import FrequencyCapBody  # noqa: PLC0415
        from ..models.targeting_body import TargetingBody  # noqa: PLC0415

        d = dict(src_dict)
        advertiser_id = d.pop("advertiser_id")

        bid_strategy = BidStrategyBody.from_dict(d.pop("bid_strategy"))

        flight_start = datetime.datetime.fromisoformat(d.pop("flight_start"))

        name = d.pop("name")

        _attribution = d.pop("attribution", UNSET)
        attribution: AttributionBody | Unset
        if isinstance(_attribution, Unset):
            attribution = UNSET
        else:
            attribution = AttributionBody.from_dict(_attribution)

        def _parse_daily_budget_micros(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        daily_budget_micros = _parse_daily_budget_micros(d.pop("daily_budget_micros", UNSET))

        def _parse_flight_end(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                flight_end_type_0 = datetime.datetime.fromisoformat(data)

                return flight_end_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        flight_end = _parse_flight_end(d.pop("flight_end", UNSET))

        _frequency_caps = d.pop("frequency_caps", UNSET)
        frequency_caps: list[FrequencyCapBody] | Unset = UNSET
        if _frequency_caps is not UNSET:
            frequency_caps = []
            for frequency_caps_item_data in _frequency_caps:
                frequency_caps_item = FrequencyCapBody.from_dict(frequency_caps_item_data)

                frequency_caps.append(frequency_caps_item)

        _targeting = d.pop("targeting", UNSET)
        targeting: TargetingBody | Unset
        if isinstance(_targeting, Unset):
            targeting = UNSET
        else:
            targeting = TargetingBody.from_dict(_targeting)

        time_zone = d.pop("time_zone", UNSET)

        def _parse_total_budget_micros(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        total_budget_micros = _parse_total_budget_micros(d.pop("total_budget_micros", UNSET))

        campaign_in = cls(
            advertiser_id=advertiser_id,
            bid_strategy=bid_strategy,
            flight_start=flight_start,
            name=name,
            attribution=attribution,
            daily_budget_micros=daily_budget_micros,
            flight_end=flight_end,
            frequency_caps=frequency_caps,
            targeting=targeting,
            time_zone=time_zone,
            total_budget_micros=total_budget_micros,
        )

        return campaign_in
