"""A brief is read or refused in one line that names the field and the mend."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image, ImageDraw

from adplat.artwork import UploadRefused
from adplat.data import configs_folder
from adplat.domain import AdplatError, ConfigRejected, FactKind, MissingInput
from adplat.flows.describe_document import describe_document
from adplat.flows.read_brief import MOST_BYTES, brief_from, pictures_of, read_brief

_EXAMPLE = configs_folder() / "briefs" / "trail_shoe.yaml"


@pytest.fixture
def content() -> dict[str, Any]:
    return yaml.safe_load(_EXAMPLE.read_text(encoding="utf-8"))


def _written(folder: Path, content: dict[str, Any]) -> Path:
    picture = Image.new("RGBA", (200, 120), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((10, 30, 190, 110), fill="#e8743b")
    picture.save(folder / "trail_shoe.png")
    path = folder / "brief.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def test_the_example_is_read_once_its_picture_stands_beside_it(tmp_path: Path, content: dict[str, Any]) -> None:
    path = _written(tmp_path, content)
    shutil.copy(_EXAMPLE, path)
    brief = read_brief(path)
    assert brief.languages == ("en", "zh")
    assert brief.facts[3].price.amount_micros == 89_000_000
    assert brief.facts[3].kind is FactKind.PRICE


def _change(content: dict[str, Any], where: str, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(content)
    *path, last = where.split(".")
    place: Any = changed
    for step in path:
        place = place[int(step) if step.isdigit() else step]
    place[int(last) if last.isdigit() else last] = value
    return changed


@pytest.mark.parametrize(
    ("where", "value", "what"),
    [
        ("placements", ["iab_300x251"], "unknown placement 'iab_300x251'"),
        ("placements", [], "no placement"),
        ("placements", ["iab_300x250", "iab_300x250"], "named twice"),
        ("facts", [], "no facts"),
        ("facts.0.texts.en", "x" * 10_000, "10000 wide"),
        ("facts.0.texts.en", "  ", "empty"),
        ("facts.0.texts.en", "two\nlines", "line break"),
        ("facts.0.texts.en", "مقاوم للماء", "right-to-left"),
        ("facts.0.texts.en", "Safe \u202eetirw", "right-to-left"),
        ("facts.0.texts.en", "Hot 🔥 sole", "emoji"),
        ("facts.0.texts.en", "Sole {grip}", "barred at tiktok"),
        ("facts.0.texts.en", "Cheap sole", "banned word 'cheap'"),
        ("facts.0.kind", "rumour", "known: award, feature, material, offer, price, service"),
        ("facts.1.fact_id", "sole", "same id"),
        ("facts.1.fact_id", "../sole", "is no id"),
        ("facts.3.price", {"amount_micros": 1, "currency": "dollar"}, "ISO 4217"),
        ("facts.3.price", {"amount_micros": -89_000_000, "currency": "USD"}, "facts[3].price.amount_micros"),
        ("facts.3.price", {"amount_micros": 0, "currency": "USD"}, "a price of 0 micros"),
        ("facts.3.price", {"amount_micros": 1.5, "currency": "USD"}, "int"),
        ("languages", ["en", "fr"], "unknown language 'fr'"),
        ("languages", [], "no language"),
        ("product.names", {"en": "Shoe"}, "no name in 'zh'"),
        ("product.names.en", "x" * 121, "121 wide"),
        ("product.image_path", "gone.png", "no such picture"),
        ("product.image_path", "", "no picture is named"),
        ("brand.logo_path", "logo.svg", "no such picture"),
        ("brand.palette", ["teal"], "'teal' is no colour"),
        ("brand.palette", [], "palette is empty"),
        ("brand.name", "The Norvik Outdoor Company of Bergen", "wide"),
        ("brand.colour", "#123456", "unknown key 'colour'"),
        ("landing_url", "javascript:alert(1)", "is no address"),
        ("special_category", "gambling", "known: employment, finance, housing, none, politics"),
        ("brief_id", "a/b", "is no id"),
        ("directions", ["x" * 301], "301 wide"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    tmp_path: Path, content: dict[str, Any], where: str, value: Any, what: str
) -> None:
    path = _written(tmp_path, _change(content, where, value))
    with pytest.raises(AdplatError) as raised:
        read_brief(path)
    said = str(raised.value)
    assert raised.value.exit_code == 2
    assert what in said
    assert "\n" not in said
    assert str(path) in said
    assert raised.value.hint
    assert len(said) < 1500


def test_a_near_miss_is_named(tmp_path: Path, content: dict[str, Any]) -> None:
    with pytest.raises(ConfigRejected, match="did you mean 'iab_300x250'"):
        read_brief(_written(tmp_path, _change(content, "placements", ["iab_300x25"])))


def test_an_emoji_is_fine_where_nothing_is_drawn_and_nobody_bars_it(content: dict[str, Any]) -> None:
    changed = _change(content, "facts.0.texts.en", "Grippy 🔥 sole")
    assert brief_from(_change(changed, "placements", ["microsoft_rsa"]), where="here").facts[0].texts["en"]
    with pytest.raises(ConfigRejected, match="emoji"):
        brief_from(_change(changed, "placements", ["google_rsa"]), where="here")


def test_a_banned_word_is_a_word_and_not_a_part_of_one(content: dict[str, Any]) -> None:
    brief_from(_change(content, "brand.banned_words", ["rip", "sol"]), where="here")
    with pytest.raises(ConfigRejected, match="banned word '鞋'"):
        brief_from(_change(content, "brand.banned_words", ["鞋"]), where="here")


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "brief.yaml"
    path.write_text("a" * (MOST_BYTES + 1), encoding="utf-8")
    with pytest.raises(ConfigRejected, match="bytes"):
        read_brief(path)


def test_a_huge_picture_is_refused_unread(tmp_path: Path, content: dict[str, Any]) -> None:
    path = _written(tmp_path, content)
    brief = read_brief(path)
    with (tmp_path / "trail_shoe.png").open("r+b") as file:
        file.truncate(10**12)  # sparse; reading it would end the process
    with pytest.raises(UploadRefused, match=r"product.image_path: .*trail_shoe.png.*32 MiB"):
        pictures_of(brief, path.parent)


def test_a_brief_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        read_brief(tmp_path / "none.yaml")


def test_the_schema_of_a_brief_names_its_parts() -> None:
    text = str(describe_document("brief"))
    for word in ("facts", "placements", "palette", "banned_words", "special_category"):
        assert word in text
