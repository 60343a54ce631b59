from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.experiment_state import ExperimentState
from typing import cast


T = TypeVar("T", bound="ExperimentOut")


@_attrs_define
class ExperimentOut:
    """As ``adplat experiment show --json`` tells it.

    Attributes:
        campaign_ids (list[str]):
        created_at (str):
        experiment_id (str):
        state (ExperimentState): ``draft ▸ running ▸ stopped ▸ decided``.

            Only a running experiment assigns. A stopped one assigns nobody any more and still waits for late outcomes; a
            decided one has its verdict.
        winner (None | str):
    """

    campaign_ids: list[str]
    created_at: str
    experiment_id: str
    state: ExperimentState
    winner: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        campaign_ids = self.campaign_ids

        created_at = self.created_at

        experiment_id = self.experiment_id

        state = self.state.value

        winner: None | str
        winner = self.winner

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "campaign_ids": campaign_ids,
                "created_at": created_at,
                "experiment_id": experiment_id,
                "state": state,
                "winner": winner,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        campaign_ids = cast(list[str], d.pop("campaign_ids"))

        created_at = d.pop("created_at")

        experiment_id = d.pop("experiment_id")

        state = ExperimentState(d.pop("state"))

        def _parse_winner(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        winner = _parse_winner(d.pop("winner"))

        experiment_out = cls(
            campaign_ids=campaign_ids,
            created_at=created_at,
            experiment_id=experiment_id,
            state=state,
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
