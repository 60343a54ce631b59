from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast


T = TypeVar("T", bound="StandingOut")


@_attrs_define
class StandingOut:
    """``probability_of_best`` null: too many were compared; an interval null: too little is there.

    ``expected_loss``: by how much its click rate is likely below the best; ``expected_ctr``: what models promised.

        Attributes:
            clicks (int):
            creative (str):
            ctr (float | None):
            ctr_interval (list[float] | None):
            expected_ctr (float | None):
            expected_loss (float | None):
            fatigue (list[float] | None):
            impressions (int):
            is_tired (bool):
            probability_of_best (float | None):
            traffic_share (float | None):
    """

    clicks: int
    creative: str
    ctr: float | None
    ctr_interval: list[float] | None
    expected_ctr: float | None
    expected_loss: float | None
    fatigue: list[float] | None
    impressions: int
    is_tired: bool
    probability_of_best: float | None
    traffic_share: float | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        clicks = self.clicks

        creative = self.creative

        ctr: float | None
        ctr = self.ctr

        ctr_interval: list[float] | None
        if isinstance(self.ctr_interval, list):
            ctr_interval = self.ctr_interval

        else:
            ctr_interval = self.ctr_interval

        expected_ctr: float | None
        expected_ctr = self.expected_ctr

        expected_loss: float | None
        expected_loss = self.expected_loss

        fatigue: list[float] | None
        if isinstance(self.fatigue, list):
            fatigue = self.fatigue

        else:
            fatigue = self.fatigue

        impressions = self.impressions

        is_tired = self.is_tired

        probability_of_best: float | None
        probability_of_best = self.probability_of_best

        traffic_share: float | None
        traffic_share = self.traffic_share

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "clicks": clicks,
                "creative": creative,
                "ctr": ctr,
                "ctr_interval": ctr_interval,
                "expected_ctr": expected_ctr,
                "expected_loss": expected_loss,
                "fatigue": fatigue,
                "impressions": impressions,
                "is_tired": is_tired,
                "probability_of_best": probability_of_best,
                "traffic_share": traffic_share,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        clicks = d.pop("clicks")

        creative = d.pop("creative")

        def _parse_ctr(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        ctr = _parse_ctr(d.pop("ctr"))

        def _parse_ctr_interval(data: object) -> list[float] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                ctr_interval_type_0 = cast(list[float], data)

                return ctr_interval_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[float] | None, data)

        ctr_interval = _parse_ctr_interval(d.pop("ctr_interval"))

        def _parse_expected_ctr(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        expected_ctr = _parse_expected_ctr(d.pop("expected_ctr"))

        def _parse_expected_loss(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        expected_loss = _parse_expected_loss(d.pop("expected_loss"))

        def _parse_fatigue(data: object) -> list[float] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                fatigue_type_0 = cast(list[float], data)

                return fatigue_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[float] | None, data)

        fatigue = _parse_fatigue(d.pop("fatigue"))

        impressions = d.pop("impressions")

        is_tired = d.pop("is_tired")

        def _parse_probability_of_best(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        probability_of_best = _parse_probability_of_best(d.pop("probability_of_best"))

        def _parse_traffic_share(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        traffic_share = _parse_traffic_share(d.pop("traffic_share"))

        standing_out = cls(
            clicks=clicks,
            creative=creative,
            ctr=ctr,
            ctr_interval=ctr_interval,
            expected_ctr=expected_ctr,
            expected_loss=expected_loss,
            fatigue=fatigue,
            impressions=impressions,
            is_tired=is_tired,
            probability_of_best=probability_of_best,
            traffic_share=traffic_share,
        )

        standing_out.additional_properties = d
        return standing_out

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
