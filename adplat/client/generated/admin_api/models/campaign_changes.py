from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.campaign_status import CampaignStatus
from ..types import UNSET, Unset
from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.attribution_body import AttributionBody
    from ..models.bid_strategy_body import BidStrategyBody
    from ..models.frequency_cap_body import FrequencyCapBody
    from ..models.targeting_body import TargetingBody


T = TypeVar("T", bound="CampaignChanges")


@_attrs_define
class CampaignChanges:
    """What is not named stays; null takes a limit or an end away.

    Attributes:
        attribution (AttributionBody | None | Unset):
        bid_strategy (BidStrategyBody | None | Unset):
        daily_budget_micros (int | None | Unset):
        flight_end (datetime.datetime | None | Unset):
        flight_start (datetime.datetime | None | Unset):
        frequency_caps (list[FrequencyCapBody] | None | Unset):
        name (None | str | Unset):
        status (CampaignStatus | None | Unset):
        targeting (None | TargetingBody | Unset):
        time_zone (None | str | Unset):
        total_budget_micros (int | None | Unset):
    """

    attribution: AttributionBody | None | Unset = UNSET
    bid_strategy: BidStrategyBody | None | Unset = UNSET
    daily_budget_micros: int | None | Unset = UNSET
    flight_end: datetime.datetime | None | Unset = UNSET
    flight_start: datetime.datetime | None | Unset = UNSET
    frequency_caps: list[FrequencyCapBody] | None | Unset = UNSET
    name: None | str | Unset = UNSET
    status: CampaignStatus | None | Unset = UNSET
    targeting: None | TargetingBody | Unset = UNSET
    time_zone: None | str | Unset = UNSET
    total_budget_micros: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.attribution_body import AttributionBody  # noqa: PLC0415
        from ..models.bid_strategy_body import BidStrategyBody  # noqa: PLC0415
        from ..models.frequency_cap_body import FrequencyCapBody  # noqa: PLC0415
        from ..models.targeting_body import TargetingBody  # noqa: PLC0415

        attribution: dict[str, Any] | None | Unset
        if isinstance(self.attribution, Unset):
            attribution = UNSET
        elif isinstance(self.attribution, AttributionBody):
            attribution = self.attribution.to_dict()
        else:
            attribution = self.attribution

        bid_strategy: dict[str, Any] | None | Unset
        if isinstance(self.bid_strategy, Unset):
            bid_strategy = UNSET
        elif isinstance(self.bid_strategy, BidStrategyBody):
            bid_strategy = self.bid_strategy.to_dict()
        else:
            bid_strategy = self.bid_strategy

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

        flight_start: None | str | Unset
        if isinstance(self.flight_start, Unset):
            flight_start = UNSET
        elif isinstance(self.flight_start, datetime.datetime):
            flight_start = self.flight_start.isoformat()
        else:
            flight_start = self.flight_start

        frequency_caps: list[dict[str, Any]] | None | Unset
        if isinstance(self.frequency_caps, Unset):
            frequency_caps = UNSET
        elif isinstance(self.frequency_caps, list):
            frequency_caps = []
            for frequency_caps_type_0_item_data in self.frequency_caps:
                frequency_caps_type_0_item = frequency_caps_type_0_item_data.to_dict()
                frequency_caps.append(frequency_caps_type_0_item)

        else:
            frequency_caps = self.frequency_caps

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        status: None | str | Unset
        if isinstance(self.status, Unset):
            status = UNSET
        elif isinstance(self.status, CampaignStatus):
            status = self.status.value
        else:
            status = self.status

        targeting: dict[str, Any] | None | Unset
        if isinstance(self.targeting, Unset):
            targeting = UNSET
        elif isinstance(self.targeting, TargetingBody):
            targeting = self.targeting.to_dict()
        else:
            targeting = self.targeting

        time_zone: None | str | Unset
        if isinstance(self.time_zone, Unset):
            time_zone = UNSET
        else:
            time_zone = self.time_zone

        total_budget_micros: int | None | Unset
        if isinstance(self.total_budget_micros, Unset):
            total_budget_micros = UNSET
        else:
            total_budget_micros = self.total_budget_micros

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if attribution is not UNSET:
            field_dict["attribution"] = attribution
        if bid_strategy is not UNSET:
            field_dict["bid_strategy"] = bid_strategy
        if daily_budget_micros is not UNSET:
            field_dict["daily_budget_micros"] = daily_budget_micros
        if flight_end is not UNSET:
            field_dict["flight_end"] = flight_end
        if flight_start is not UNSET:
            field_dict["flight_start"] = flight_start
        if frequency_caps is not UNSET:
            field_dict["frequency_caps"] = frequency_caps
        if name is not UNSET:
            field_dict["name"] = name
        if status is not UNSET:
            field_dict["status"] = status
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

        def _parse_attribution(data: object) -> AttributionBody | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attribution_type_0 = AttributionBody.from_dict(data)

                return attribution_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AttributionBody | None | Unset, data)

        attribution = _parse_attribution(d.pop("attribution", UNSET))

        def _parse_bid_strategy(data: object) -> BidStrategyBody | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                bid_strategy_type_0 = BidStrategyBody.from_dict(data)

                return bid_strategy_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BidStrategyBody | None | Unset, data)

        bid_strategy = _parse_bid_strategy(d.pop("bid_strategy", UNSET))

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

        def _parse_flight_start(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                flight_start_type_0 = datetime.datetime.fromisoformat(data)

                return flight_start_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        flight_start = _parse_flight_start(d.pop("flight_start", UNSET))

        def _parse_frequency_caps(data: object) -> list[FrequencyCapBody] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                frequency_caps_type_0 = []
                _frequency_caps_type_0 = data
                for frequency_caps_type_0_item_data in _frequency_caps_type_0:
                    frequency_caps_type_0_item = FrequencyCapBody.from_dict(frequency_caps_type_0_item_data)

                    frequency_caps_type_0.append(frequency_caps_type_0_item)

                return frequency_caps_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[FrequencyCapBody] | None | Unset, data)

        frequency_caps = _parse_frequency_caps(d.pop("frequency_caps", UNSET))

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_status(data: object) -> CampaignStatus | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_type_0 = CampaignStatus(data)

                return status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CampaignStatus | None | Unset, data)

        status = _parse_status(d.pop("status", UNSET))

        def _parse_targeting(data: object) -> None | TargetingBody | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                targeting_type_0 = TargetingBody.from_dict(data)

                return targeting_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TargetingBody | Unset, data)

        targeting = _parse_targeting(d.pop("targeting", UNSET))

        def _parse_time_zone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        time_zone = _parse_time_zone(d.pop("time_zone", UNSET))

        def _parse_total_budget_micros(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        total_budget_micros = _parse_total_budget_micros(d.pop("total_budget_micros", UNSET))

        campaign_changes = cls(
            attribution=attribution,
            bid_strategy=bid_strategy,
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

        return campaign_changes
