from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="TargetingBody")


@_attrs_define
class TargetingBody:
    """Empty: no restriction. ``countries`` by their ISO 3166 code of two or three letters; ``hours_of_week``
    from 0 (Monday 00:00) to 167.

        Attributes:
            countries (list[str] | Unset):
            devices (list[str] | Unset):
            excluded_content (list[str] | Unset):
            excluded_sites (list[str] | Unset):
            hours_of_week (list[int] | Unset):
            languages (list[str] | Unset):
            operating_systems (list[str] | Unset):
            placements (list[str] | Unset):
            regions (list[str] | Unset):
            segments (list[str] | Unset):
            sites (list[str] | Unset):
    """

    countries: list[str] | Unset = UNSET
    devices: list[str] | Unset = UNSET
    excluded_content: list[str] | Unset = UNSET
    excluded_sites: list[str] | Unset = UNSET
    hours_of_week: list[int] | Unset = UNSET
    languages: list[str] | Unset = UNSET
    operating_systems: list[str] | Unset = UNSET
    placements: list[str] | Unset = UNSET
    regions: list[str] | Unset = UNSET
    segments: list[str] | Unset = UNSET
    sites: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        countries: list[str] | Unset = UNSET
        if not isinstance(self.countries, Unset):
            countries = self.countries

        devices: list[str] | Unset = UNSET
        if not isinstance(self.devices, Unset):
            devices = self.devices

        excluded_content: list[str] | Unset = UNSET
        if not isinstance(self.excluded_content, Unset):
            excluded_content = self.excluded_content

        excluded_sites: list[str] | Unset = UNSET
        if not isinstance(self.excluded_sites, Unset):
            excluded_sites = self.excluded_sites

        hours_of_week: list[int] | Unset = UNSET
        if not isinstance(self.hours_of_week, Unset):
            hours_of_week = self.hours_of_week

        languages: list[str] | Unset = UNSET
        if not isinstance(self.languages, Unset):
            languages = self.languages

        operating_systems: list[str] | Unset = UNSET
        if not isinstance(self.operating_systems, Unset):
            operating_systems = self.operating_systems

        placements: list[str] | Unset = UNSET
        if not isinstance(self.placements, Unset):
            placements = self.placements

        regions: list[str] | Unset = UNSET
        if not isinstance(self.regions, Unset):
            regions = self.regions

        segments: list[str] | Unset = UNSET
        if not isinstance(self.segments, Unset):
            segments = self.segments

        sites: list[str] | Unset = UNSET
        if not isinstance(self.sites, Unset):
            sites = self.sites

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if countries is not UNSET:
            field_dict["countries"] = countries
        if devices is not UNSET:
            field_dict["devices"] = devices
        if excluded_content is not UNSET:
            field_dict["excluded_content"] = excluded_content
        if excluded_sites is not UNSET:
            field_dict["excluded_sites"] = excluded_sites
        if hours_of_week is not UNSET:
            field_dict["hours_of_week"] = hours_of_week
        if languages is not UNSET:
            field_dict["languages"] = languages
        if operating_systems is not UNSET:
            field_dict["operating_systems"] = operating_systems
        if placements is not UNSET:
            field_dict["placements"] = placements
        if regions is not UNSET:
            field_dict["regions"] = regions
        if segments is not UNSET:
            field_dict["segments"] = segments
        if sites is not UNSET:
            field_dict["sites"] = sites

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        countries = cast(list[str], d.pop("countries", UNSET))

        devices = cast(list[str], d.pop("devices", UNSET))

        excluded_content = cast(list[str], d.pop("excluded_content", UNSET))

        excluded_sites = cast(list[str], d.pop("excluded_sites", UNSET))

        hours_of_week = cast(list[int], d.pop("hours_of_week", UNSET))

        languages = cast(list[str], d.pop("languages", UNSET))

        operating_systems = cast(list[str], d.pop("operating_systems", UNSET))

        placements = cast(list[str], d.pop("placements", UNSET))

        regions = cast(list[str], d.pop("regions", UNSET))

        segments = cast(list[str], d.pop("segments", UNSET))

        sites = cast(list[str], d.pop("sites", UNSET))

        targeting_body = cls(
            countries=countries,
            devices=devices,
            excluded_content=excluded_content,
            excluded_sites=excluded_sites,
            hours_of_week=hours_of_week,
            languages=languages,
            operating_systems=operating_systems,
            placements=placements,
            regions=regions,
            segments=segments,
            sites=sites,
        )

        return targeting_body
