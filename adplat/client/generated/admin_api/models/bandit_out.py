from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.bandit_out_belief_type_0 import BanditOutBeliefType0
    from ..models.creative_weight_out import CreativeWeightOut
    from ..models.shared_out import SharedOut


T = TypeVar("T", bound="BanditOut")


@_attrs_define
class BanditOut:
    """``belief``: as ``adplat bandit show --json`` tells it, null where nobody serves.

    Attributes:
        belief (BanditOutBeliefType0 | None):
        campaign_id (str):
        creatives (list[CreativeWeightOut]):
        over_time (list[SharedOut]):
        since (str):
        step_s (float):
        until (str):
    """

    belief: BanditOutBeliefType0 | None
    campaign_id: str
    creatives: list[CreativeWeightOut]
    over_time: list[SharedOut]
    since: str
    step_s: float
    until: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.bandit_out_belief_type_0 import BanditOutBeliefType0  # noqa: PLC0415
        from ..models.creative_weight_out import CreativeWeightOut  # noqa: PLC0415
        from ..models.shared_out import SharedOut  # noqa: PLC0415

        belief: dict[str, Any] | None
        if isinstance(self.belief, BanditOutBeliefType0):
            belief = self.belief.to_dict()
        else:
            belief = self.belief

        campaign_id = self.campaign_id

        creatives = []
        for creatives_item_data in self.creatives:
            creatives_item = creatives_item_data.to_dict()
            creatives.append(creatives_item)

        over_time = []
        for over_time_item_data in self.over_time:
            over_time_item = over_time_item_data.to_dict()
            over_time.append(over_time_item)

        since = self.since

        step_s = self.step_s

        until = self.until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "belief": belief,
                "campaign_id": campaign_id,
                "creatives": creatives,
                "over_time": over_time,
                "since": since,
                "step_s": step_s,
                "until": until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.bandit_out_belief_type_0 import BanditOutBeliefType0  # noqa: PLC0415
        from ..models.creative_weight_out import CreativeWeightOut  # noqa: PLC0415
        from ..models.shared_out import SharedOut  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_belief(data: object) -> BanditOutBeliefType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                belief_type_0 = BanditOutBeliefType0.from_dict(data)

                return belief_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BanditOutBeliefType0 | None, data)

        belief = _parse_belief(d.pop("belief"))

        campaign_id = d.pop("campaign_id")

        creatives = []
        _creatives = d.pop("creatives")
        for creatives_item_data in _creatives:
            creatives_item = CreativeWeightOut.from_dict(creatives_item_data)

            creatives.append(creatives_item)

        over_time = []
        _over_time = d.pop("over_time")
        for over_time_item_data in _over_time:
            over_time_item = SharedOut.from_dict(over_time_item_data)

            over_time.append(over_time_item)

        since = d.pop("since")

        step_s = d.pop("step_s")

        until = d.pop("until")

        bandit_out = cls(
            belief=belief,
            campaign_id=campaign_id,
            creatives=creatives,
            over_time=over_time,
            since=since,
            step_s=step_s,
            until=until,
        )

        bandit_out.additional_properties = d
        return bandit_out

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
