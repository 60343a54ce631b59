"""Placement rules say where and when each limit was read, and hearsay never rejects."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from adplat.data import load_placements
from adplat.domain import ConfigRejected, MissingInput, OnExcess

_FILE = """
network: somewhere
sources:
  own: {address: https://example.com/limits, checked_on: 2026-11-26, owner_sourced: true}
  heard: {address: https://blog.example.com, checked_on: 2026-11-26, owner_sourced: false}
texts:
  plain:
    - {part: headline, most_width: 30, on_excess: reject, source: own}
placements:
  - placement_id: somewhere_300x250
    image: {width_px: 300, height_px: 250, most_bytes: 150000, source: own}
    texts: [plain]
    bars: [emoji]
"""


def _load(tmp_path: Path, text: str = _FILE):
    (tmp_path / "somewhere.yaml").write_text(text, encoding="utf-8")
    return load_placements(tmp_path)


def test_every_limit_that_comes_with_adplat_says_where_and_when_it_was_read() -> None:
    for rules in load_placements().values():
        sources = [text.source for text in rules.texts] + ([rules.image.source] if rules.image else [])
        assert sources, rules.placement_id
        for source in sources:
            assert source.address
            assert date(2026, 1, 1) <= source.checked_on


def test_only_limits_of_the_owners_own_pages_reject() -> None:
    rejecting = [
        text for rules in load_placements().values() for text in rules.texts if text.on_excess is OnExcess.REJECT
    ]
    assert rejecting
    assert all(text.source.owner_sourced for text in rejecting)


def test_a_limit_that_rejects_on_hearsay_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigRejected, match="not the owner's own page"):
        _load(tmp_path, _FILE.replace("on_excess: reject, source: own", "on_excess: reject, source: heard"))


def test_the_thirteen_sizes_are_there() -> None:
    sizes = {(rules.image.width_px, rules.image.height_px) for rules in load_placements().values() if rules.image}
    thirteen = (
        "970x250 728x90 300x250 336x280 160x600 300x600 320x50 320x100 300x1050 970x90 1200x628 1080x1080 1080x1920"
    )
    assert {tuple(int(side) for side in size.split("x")) for size in thirteen.split()} <= sizes


def test_what_the_owners_say_is_what_is_loaded() -> None:
    placements = load_placements()
    assert placements["iab_970x250"].image.most_bytes == 250_000
    assert placements["iab_320x50"].image.most_bytes == 50_000
    assert placements["google_rda_1200x628"].image.most_text_share == 0.2
    assert placements["google_rsa"].image is None
    short = {text.part: text.short_width for text in placements["google_pmax_1200x628"].texts}
    assert short["headline"] == 15
    assert short["body"] == 60
    assert placements["tiktok_720x1280"].bars == ("emoji", "braces", "hash")


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    rules = _load(tmp_path)["somewhere_300x250"]
    assert (rules.network, rules.image.width_px, rules.texts[0].most_width) == ("somewhere", 300, 30)
    assert rules.image.source.checked_on == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("from_", "to", "what"),
    [
        ("most_bytes: 150000", "most_bites: 150000", "unknown key 'most_bites'"),
        ("source: own}\n    texts", "source: mine}\n    texts", "unknown source 'mine'"),
        ("part: headline", "part: hedline", "unknown part 'hedline'"),
        ("bars: [emoji]", "bars: [emojis]", "unknown bar 'emojis'"),
        ("texts: [plain]", "texts: [fancy]", "unknown texts 'fancy'"),
        ("most_width: 30", "most_width: 0", "out of range"),
        ("most_width: 30", "most_width: 30, short_width: 31", "out of range"),
        ("most_width: 30", "most_width: 30, fewest: 3, most: 2", "out of range"),
        ("width_px: 300", "width_px: -300", "out of range"),
        ("checked_on: 2026-11-26, owner_sourced: true", "owner_sourced: true", "checked_on"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, from_: str, to: str, what: str) -> None:
    assert from_ in _FILE
    with pytest.raises(ConfigRejected) as raised:
        _load(tmp_path, _FILE.replace(from_, to))
    assert what in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "somewhere.yaml" in str(raised.value)


def test_an_id_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "again.yaml").write_text(_FILE, encoding="utf-8")
    with pytest.raises(ConfigRejected, match="given twice"):
        _load(tmp_path)


def test_a_folder_without_files_is_missing_input(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        load_placements(tmp_path)
