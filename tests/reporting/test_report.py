"""The page: well-formed, self-contained, escaped, and saying what it was given."""

from __future__ import annotations

import base64
import io
import re
import subprocess
import sys
from datetime import datetime
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from PIL import Image

from adplat.domain import ConfigRejected, TableRejected
from adplat.reporting import CreativeCard, Gallery, Paragraph, Picture, Section, Table, render_report
from tests.reporting.builders import MOMENT, a_banner, an_example_report

VOID = {"meta", "img", "br", "hr", "link", "input"}


class Page(HTMLParser):
    """Reads a page and complains about tags that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(an_example_report())


def test_headings_descend_and_every_section_is_named_and_reachable(page: Page) -> None:
    headings = [tag for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert headings.count("h1") == 1 and headings[0] == "h1"
    assert all(int(after[1]) - int(before[1]) <= 1 for before, after in pairwise(headings))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"] for link in page.all("a")} == {f"#part-{number}" for number in range(1, 5)}
    assert {f"part-{number}" for number in range(1, 5)} <= set(ids)


def test_nothing_refers_to_an_outside_address(page: Page) -> None:
    text = an_example_report()
    without_pictures = re.sub(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+", "", text)
    assert "//" not in without_pictures and "<script" not in text
    for _, attributes in page.tags:
        for name in ("src", "href"):
            assert (attributes.get(name) or "data:").startswith(("data:", "#"))
    assert any("default-src 'none'" in (meta.get("content") or "") for meta in page.all("meta"))


def test_pictures_decode_and_have_words_for_those_who_cannot_see_them(page: Page) -> None:
    kinds = []
    for picture in page.all("img"):
        assert picture["alt"]
        kind, content = re.fullmatch(r"data:image/([a-z+]+);base64,(.*)", picture["src"] or "").groups()
        kinds.append(kind)
        decoded = base64.b64decode(content, validate=True)
        if kind == "svg+xml":
            assert b"prefers-color-scheme:dark" in decoded and b"</svg>" in decoded
        else:
            with Image.open(io.BytesIO(decoded)) as image:
                image.load()
                assert image.width <= 480
    assert kinds.count("svg+xml") == 4 and kinds.count("jpeg") == 3


def test_tables_have_captions_and_scoped_headers(page: Page) -> None:
    assert len(page.all("table")) == len(page.all("caption")) == 1
    assert all(head["scope"] in ("col", "row") for head in page.all("th"))


def test_findings_numbers_and_chinese_are_there_to_read(page: Page) -> None:
    words = " ".join(" ".join(page.words).split())
    assert "Creative c000017 leads" in words and "夏日清凉上新，满 300 减 50" in words
    assert "18,240" in words and "4.008 (3.733 to 4.302)" in words and "64.2 %" in words
    assert "4.01\u00a0%" in " ".join(page.words)


def test_hostile_text_stays_text() -> None:
    attack = '"><script>alert(1)</script><img src=x onerror=1>'
    text = render_report(
        attack,
        [attack],
        [
            Section(
                attack,
                [
                    Paragraph(attack),
                    Table([attack], [[attack]], attack),
                    Picture(a_banner(3), attack, attack),
                    Gallery([CreativeCard(attack, attack, a_banner(3), attack, 1, 1, 0.5, attack)], attack),
                ],
            )
        ],
        MOMENT,
        attack,
    )
    read = Page(text)
    assert not read.all("script") and len(read.all("img")) == 2
    assert attack in read.words


@pytest.mark.parametrize("content", [b"not an image", a_banner(3)[:300], b"\x89PNG\r\n\x1a\n", None])
def test_an_unreadable_creative_costs_only_its_own_picture(content: bytes | None) -> None:
    gallery = Gallery([CreativeCard("c1", "One", content), CreativeCard("c2", "Two", a_banner(9))])
    read = Page(render_report("Report", [], [Section("Creatives", [gallery])], MOMENT))
    assert len(read.all("img")) == 1 and "no picture" in read.words


def test_transparent_and_palette_creatives_keep_their_looks() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (900, 30), (255, 0, 0, 0)).save(out, "PNG")
    text = render_report("Report", [], [Section("One", [Gallery([CreativeCard("c", "x", out.getvalue())])])], MOMENT)
    (picture,) = Page(text).all("img")
    with Image.open(io.BytesIO(base64.b64decode((picture["src"] or "").split(",")[1]))) as image:
        assert image.size == (480, 16) and image.mode == "RGBA"


def test_an_empty_report_is_still_a_page() -> None:
    read = Page(render_report("Nothing yet", [], [], MOMENT, language="zh-CN"))
    assert read.all("html") == [{"lang": "zh-CN"}] and not read.all("nav")


def test_the_same_facts_give_the_same_bytes() -> None:
    assert an_example_report() == an_example_report()


def test_importing_the_room_pulls_in_neither_matplotlib_nor_jinja2() -> None:
    code = (
        "import sys, adplat.reporting; print({'matplotlib', 'jinja2', 'PIL'} & {m.split('.')[0] for m in sys.modules})"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"


def test_refusals() -> None:
    with pytest.raises(ConfigRejected, match="without zone"):
        render_report("Report", [], [], datetime(2025, 1, 1))  # noqa: DTZ001 - the point of the test
    with pytest.raises(TableRejected, match="2 cells under 1 columns"):
        Table(["a"], [["x", "y"]], "caption")
    with pytest.raises(TableRejected, match="neither PNG"):
        render_report("Report", [], [Section("One", [Picture(b"junk", "alt")])], MOMENT)
    with pytest.raises(TableRejected, match="impossible"):
        CreativeCard("c", "x", impressions=1, clicks=2)
