from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.experiment_state import ExperimentState
from typing import cast

if TYPE_CHECKING:
    from ..models.expected_end_out import ExpectedEndOut
    from ..models.experiment_story_out_latest_type_0 import ExperimentStoryOutLatestType0
    from ..models.experiment_story_out_next_analysis_type_0 import ExperimentStoryOutNextAnalysisType0
    from ..models.experiment_story_out_setup import ExperimentStoryOutSetup
    from ..models.raise_out import RaiseOut


T = TypeVar("T", bound="ExperimentStoryOut")


@_attrs_define
class ExperimentStoryOut:
    """``latest`` is the latest result, ``health`` what its checks say: unknown, healthy, doubtful, unhealthy.

    ``alike_arms``: names of arms that show the same, chosen in the same way, so that only chance is between them.

        Attributes:
            alike_arms (list[list[str]]):
            campaign_ids (list[str]):
            created_at (str):
            expected (ExpectedEndOut | None):
            experiment_id (str):
            health (str):
            latest (ExperimentStoryOutLatestType0 | None):
            next_analysis (ExperimentStoryOutNextAnalysisType0 | None):
            raises (list[RaiseOut]):
            results (int):
            setup (ExperimentStoryOutSetup):
            state (ExperimentState): ``draft ▸ running ▸ stopped ▸ decided``.

                Only a running experiment assigns. A stopped one assigns nobody any more and still waits for late outcomes; a
                decided one has its verdict.
            traffic (float):
            winner (None | str):
    """

    alike_arms: list[list[str]]
    campaign_ids: list[str]
    created_at: str
    expected: ExpectedEndOut | None
    experiment_id: str
    health: str
    latest: ExperimentStoryOutLatestType0 | None
    next_analysis: ExperimentStoryOutNextAnalysisType0 | None
    raises: list[RaiseOut]
    results: int
    setup: ExperimentStoryOutSetup
    state: ExperimentState
    traffic: float
    winner: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.expected_end_out import ExpectedEndOut  # noqa: PLC0415
        from ..models.experiment_story_out_latest_type_0 import ExperimentStoryOutLatestType0  # noqa: PLC0415
        from ..models.experiment_story_out_next_analysis_type_0 import ExperimentStoryOutNextAnalysisType0  # noqa: PLC0415
        from ..models.experiment_story_out_setup import ExperimentStoryOutSetup  # noqa: PLC0415
        from ..models.raise_out import RaiseOut  # noqa: PLC0415

        alike_arms = []
        for alike_arms_item_data in self.alike_arms:
            alike_arms_item = alike_arms_item_data

            alike_arms.append(alike_arms_item)

        campaign_ids = self.campaign_ids

        created_at = self.created_at

        expected: dict[str, Any] | None
        if isinstance(self.expected, ExpectedEndOut):
            expected = self.expected.to_dict()
        else:
            expected = self.expected

        experiment_id = self.experiment_id

        health = self.health

        latest: dict[str, Any] | None
        if isinstance(self.latest, ExperimentStoryOutLatestType0):
            latest = self.latest.to_dict()
        else:
            latest = self.latest

        next_analysis: dict[str, Any] | None
        if isinstance(self.next_analysis, ExperimentStoryOutNextAnalysisType0):
            next_analysis = self.next_analysis.to_dict()
        else:
            next_analysis = self.next_analysis

        raises = []
        for raises_item_data in self.raises:
            raises_item = raises_item_data.to_dict()
            raises.append(raises_item)

        results = self.results

        setup = self.setup.to_dict()

        state = self.state.value

        traffic = self.traffic

        winner: None | str
        winner = self.winner

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "alike_arms": alike_arms,
                "campaign_ids": campaign_ids,
                "created_at": created_at,
                "expected": expected,
                "experiment_id": experiment_id,
                "health": health,
                "latest": latest,
                "next_analysis": next_analysis,
                "raises": raises,
                "results": results,
                "setup": setup,
                "state": state,
                "traffic": traffic,
                "winner": winner,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.expected_end_out import ExpectedEndOut  # noqa: PLC0415
        from ..models.experiment_story_out_latest_type_0 import ExperimentStoryOutLatestType0  # noqa: PLC0415
        from ..models.experiment_story_out_next_analysis_type_0 import ExperimentStoryOutNextAnalysisType0  # noqa: PLC0415
        from ..models.experiment_story_out_setup import ExperimentStoryOutSetup  # noqa: PLC0415
        from ..models.raise_out import RaiseOut  # noqa: PLC0415

        d = dict(src_dict)
        alike_arms = []
        _alike_arms = d.pop("alike_arms")
        for alike_arms_item_data in _alike_arms:
            alike_arms_item = cast(list[str], alike_arms_item_data)

            alike_arms.append(alike_arms_item)

        campaign_ids = cast(list[str], d.pop("campaign_ids"))

        created_at = d.pop("created_at")

        def _parse_expected(data: object) -> ExpectedEndOut | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                expected_type_0 = ExpectedEndOut.from_dict(data)

                return expected_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ExpectedEndOut | None, data)

        expected = _parse_expected(d.pop("expected"))

        experiment_id = d.pop("experiment_id")

        health = d.pop("health")

        def _parse_latest(data: object) -> ExperimentStoryOutLatestType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                latest_type_0 = ExperimentStoryOutLatestType0.from_dict(data)

                return latest_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ExperimentStoryOutLatestType0 | None, data)

        latest = _parse_latest(d.pop("latest"))

        def _parse_next_analysis(data: object) -> ExperimentStoryOutNextAnalysisType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                next_analysis_type_0 = ExperimentStoryOutNextAnalysisType0.from_dict(data)

                return next_analysis_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ExperimentStoryOutNextAnalysisType0 | None, data)

        next_analysis = _parse_next_analysis(d.pop("next_analysis"))

        raises = []
        _raises = d.pop("raises")
        for raises_item_data in _raises:
            raises_item = RaiseOut.from_dict(raises_item_data)

            raises.append(raises_item)

        results = d.pop("results")

        setup = ExperimentStoryOutSetup.from_dict(d.pop("setup"))

        state = ExperimentState(d.pop("state"))

        traffic = d.pop("traffic")

        def _parse_winner(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        winner = _parse_winner(d.pop("winner"))

        experiment_story_out = cls(
            alike_arms=alike_arms,
            campaign_ids=campaign_ids,
            created_at=created_at,
            expected=expected,
            experiment_id=experiment_id,
            health=health,
            latest=latest,
            next_analysis=next_analysis,
            raises=raises,
            results=results,
            setup=setup,
            state=state,
            traffic=traffic,
            winner=winner,
        )

        experiment_story_out.additional_properties = d
        return experiment_story_out

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
