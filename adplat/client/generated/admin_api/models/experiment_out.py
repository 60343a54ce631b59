from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.experiment_state import ExperimentState
from typing import cast

if TYPE_CHECKING:
    from ..models.raise_out import RaiseOut


T = TypeVar("T", bound="ExperimentOut")


@_attrs_define
class ExperimentOut:
    """As ``adplat experiment show --json`` tells it. ``traffic`` is the share that takes part now.

    Attributes:
        campaign_ids (list[str]):
        created_at (str):
        experiment_id (str):
        raises (list[RaiseOut]):
        state (ExperimentState): ``draft ▸ running ▸ stopped ▸ decided``.

            Only a running experiment assigns. A stopped one assigns nobody any more and still waits for late outcomes; a
            decided one has its verdict.
        traffic (float):
        winner (None | str):
    """

    campaign_ids: list[str]
    created_at: str
    experiment_id: str
    raises: list[RaiseOut]
    state: ExperimentState
    traffic: float
    winner: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.raise_out import RaiseOut  # noqa: PLC0415

        campaign_ids = self.campaign_ids

        created_at = self.created_at

        experiment_id = self.experiment_id

        raises = []
        for raises_item_data in self.raises:
            raises_item = raises_item_data.to_dict()
            raises.append(raises_item)

        state = self.state.value

        traffic = self.traffic

        winner: None | str
        winner = self.winner

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "campaign_ids": campaign_ids,
                "created_at": created_at,
                "experiment_id": experiment_id,
                "raises": raises,
                "state": state,
                "traffic": traffic,
                "winner": winner,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.raise_out import RaiseOut  # noqa: PLC0415

        d = dict(src_dict)
        campaign_ids = cast(list[str], d.pop("campaign_ids"))

        created_at = d.pop("created_at")

        experiment_id = d.pop("experiment_id")

        raises = []
        _raises = d.pop("raises")
        for raises_item_data in _raises:
            raises_item = RaiseOut.from_dict(raises_item_data)

            raises.append(raises_item)

        state = ExperimentState(d.pop("state"))

        traffic = d.pop("traffic")

        def _parse_winner(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        winner = _parse_winner(d.pop("winner"))

        experiment_out = cls(
            campaign_ids=campaign_ids,
            created_at=created_at,
            experiment_id=experiment_id,
            raises=raises,
            state=state,
            traffic=traffic,
            winner=winner,
        )

        experiment_out.additional_properties = d
        return experiment_out

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
