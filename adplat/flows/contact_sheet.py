"""All drafts of a round at one look: a page that shows the files beside it, and one picture."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from PIL import Image, ImageDraw

from adplat.artwork import font
from adplat.domain import Draft

_TILE_PX, _GAP_PX, _CAPTION_PX = 320, 16, 34
_WIDTH_PX = 5 * (_TILE_PX + _GAP_PX) + _GAP_PX
_MOST = 120
_STYLE = """body{font:15px/1.45 system-ui,sans-serif;margin:2rem;color:#1c1e21;background:#f3f4f6}
main{display:flex;flex-wrap:wrap;gap:1.2rem;align-items:flex-start}
figure{margin:0;padding:.8rem;background:#fff;border:1px solid #d8dade;border-radius:6px;max-width:22rem}
img{max-width:100%;height:auto;display:block;border:1px solid #e4e6ea}
figcaption{margin-top:.5rem;overflow-wrap:anywhere}small{color:#5b6068}
.pass{color:#0a6b38}.hold{color:#8a5a00}.fail{color:#a31515}"""


def contact_page(document: Mapping[str, Any]) -> str:
    """HTML; ``document`` is that of the round, whose drafts have their ``file``."""
    figures = "\n".join(_figure(one) for one in document["drafts"])
    lacking = "".join(_lacking(one) for one in document["not_available"])
    title = escape(f"Drafts of {document['brief_id']}")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f"</head><body><h1>{title}</h1><p>{len(document['drafts'])} drafts, held until a person approves them.</p>"
        f"<main>\n{figures}\n</main>{f'<h2>Not available</h2><ul>{lacking}</ul>' if lacking else ''}</body></html>\n"
    )


def contact_picture(drafts: Sequence[tuple[Draft, bytes]]) -> bytes:
    """PNG of at most 120 of them, each with its place below; empty without any."""
    tiles = [_tile(draft, content) for draft, content in drafts[:_MOST]]
    if not tiles:
        return b""
    places, height = _placed([tile.size for tile in tiles])
    sheet = Image.new("RGB", (_WIDTH_PX, height), "#f3f4f6")
    for tile, place in zip(tiles, places, strict=True):
        sheet.paste(tile, place)
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def _tile(draft: Draft, content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as opened:
        picture = opened.convert("RGB")
    room = 2 * _TILE_PX + _GAP_PX if picture.width > 2.4 * picture.height else _TILE_PX
    picture.thumbnail((min(room, picture.width), 2 * _TILE_PX), Image.Resampling.LANCZOS)
    tile = Image.new("RGB", (room if picture.width > _TILE_PX else _TILE_PX, picture.height + _CAPTION_PX), "#f3f4f6")
    tile.paste(picture, (0, 0))
    words = f"{draft.placement_id}  {draft.copy.language}"
    made_of = {} if draft.artwork is None else draft.artwork.made_of
    below = "  ".join(made_of.get(kind, "") for kind in ("template", "background", "palette"))
    pen = ImageDraw.Draw(tile)
    pen.text((0, picture.height + 3), words, font=font(12, bold=True), fill="#1c1e21")
    pen.text((0, picture.height + 18), below, font=font(12, bold=False), fill="#5b6068")
    return tile


def _placed(sizes: Sequence[tuple[int, int]]) -> tuple[list[tuple[int, int]], int]:
    """Row by row, as they come."""
    places, left, top, tallest = [], _GAP_PX, _GAP_PX, 0
    for width, height in sizes:
        if left + width > _WIDTH_PX and left > _GAP_PX:
            left, top, tallest = _GAP_PX, top + tallest + _GAP_PX, 0
        places.append((left, top))
        left, tallest = left + width + _GAP_PX, max(tallest, height)
    return places, top + tallest + _GAP_PX


def _figure(one: Mapping[str, Any]) -> str:
    verdict = one["review"]["verdict"]
    words = "<br>".join(escape(f"{line['part']}: {line['text']}") for line in one["copy"])
    findings = "".join(
        f"<br><small>{escape(found['severity'])}: {escape(found['evidence'])} ({escape(found['rule'])})</small>"
        for found in one["review"]["findings"]
    )
    rate = one["p_click"]
    chance = "" if rate is None else f"<br>p(click) {rate[1]:.2%} ({rate[0]:.2%} to {rate[2]:.2%})"
    lowered = "".join(f"<br><small>{escape(line)}</small>" for line in one["lowered_by"])
    near = f"<br><small>most like: {escape(', '.join(one['nearest']))}</small>" if one["nearest"] else ""
    name = one.get("file")
    picture = f'<img src="{escape(name, quote=True)}" alt="{escape(one["placement"])}" loading="lazy">' if name else ""
    return (
        f"<figure>{picture}<figcaption><b>{escape(one['placement'])}</b> {escape(one['language'])}"
        f' <span class="{verdict}">{verdict}</span><br>{words}{chance}{near}{lowered}{findings}'
        f"<br><small>{escape(one['draft_id'])}</small></figcaption></figure>"
    )


def _lacking(one: Mapping[str, Any]) -> str:
    why = "; ".join(f"{found['evidence']} ({found['rule']})" for found in one["findings"])
    return f"<li>{escape(one['placement'])} {escape(one['language'])}, {escape(one['template'])}: {escape(why)}</li>"
