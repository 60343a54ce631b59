"""What a native slot asks for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adplat.domain import AdFormat, NativeAsset, NativePart, Size, TableRejected
from tests.openrtb.builders import NATIVE_REQUEST, imp, native_form, native_slot, read


def test_assets_are_read_with_their_ids_lengths_and_sizes() -> None:
    slot = native_slot()
    assert slot.formats == {AdFormat.NATIVE}
    assert slot.sizes == ()
    assert slot.native is not None
    assert slot.native.assets == (
        NativeAsset(11, NativePart.TITLE, True, max_chars=90),
        NativeAsset(12, NativePart.MAIN_IMAGE, True, min_size=Size(600, 314)),
        NativeAsset(13, NativePart.ICON, size=Size(50, 50)),
        NativeAsset(14, NativePart.SPONSOR, True, max_chars=25),
        NativeAsset(15, NativePart.DESCRIPTION, max_chars=140),
        NativeAsset(16, NativePart.CALL_TO_ACTION, max_chars=15),
        NativeAsset(17, NativePart.OTHER),
    )


@pytest.mark.parametrize("asked", [NATIVE_REQUEST, json.dumps(NATIVE_REQUEST), " " + json.dumps(NATIVE_REQUEST)])
def test_the_request_may_be_a_string_or_an_object(asked: Any) -> None:
    assert native_form(asked) == native_form()


@pytest.mark.parametrize("asked", [{"native": NATIVE_REQUEST}, json.dumps({"native": NATIVE_REQUEST})])
def test_a_request_below_a_root_as_native_1_0_had_it_is_marked(asked: Any) -> None:
    form = native_form(asked)
    assert form.is_wrapped
    assert form.assets == native_form().assets


def test_pixels_are_taken_where_the_seller_offers_them() -> None:
    assert native_form().takes_event_pixels
    assert not native_form({"assets": NATIVE_REQUEST["assets"]}).takes_event_pixels
    for tracker in ({"event": 1, "methods": [2]}, {"event": 2, "methods": [1]}, {"event": 1}):
        assert not native_form(NATIVE_REQUEST | {"eventtrackers": [tracker]}).takes_event_pixels


@pytest.mark.parametrize(
    "asked",
    [
        {"assets": [{"id": 1, "required": 1, "video": {"mimes": ["video/mp4"]}}]},
        {"assets": [{"id": 1, "required": 1, "data": {"type": 6}}]},
        {"assets": []},
        {},
        "",
        None,
    ],
)
def test_a_slot_that_needs_what_we_never_have_is_left_out(asked: Any) -> None:
    assert read({"id": "1", "native": {"request": asked}}, imp(id="2")).slots[0].slot_id == "2"


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ("{ ... }", "$.imp[0].native.request"),
        (5, "$.imp[0].native.request"),
        ({"assets": [{"title": {"len": 9}}]}, "$.imp[0].native.request.assets[0].id"),
        ({"native": {"assets": [{"id": "x"}]}}, "$.imp[0].native.request.native.assets[0].id"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused_with_the_place(asked: Any, where: str) -> None:
    with pytest.raises(TableRejected) as refused:
        read({"id": "1", "native": {"request": asked}})
    assert refused.value.where == where
