"""How wide and high words are, where lines break, and how they are set.

Latin breaks between words, Chinese between characters; no line begins with a closing mark or a particle, or ends with
an opening one, and none parts a number from its unit or currency. Sizes are measured with the very faces that draw.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from typing import Any

from PIL import ImageFont

from adplat.artwork.fonts import font

# In shares of the size of the letters, from the base line: Latin capitals reach 0.73, Chinese 0.88, accents 0.94.
ASCENT, DESCENT = 0.92, 0.22
MIDDLE = 0.37  # half of a capital, and the middle of a Chinese character: what the eye takes for the middle of a line
_NEVER_FIRST = set("，。！？；：、）》」』】”’…—,.!?;:)]}%％°·~～")
_NEVER_LAST = set("（《「『【“‘([{￥¥$€£#")
_ENDS_CLAUSE = set("，。！？；：,.!?;:")
_PARTICLES = set("的了着过地得吗呢吧啊呀嘛们")  # they belong to what stands before
_WORTH_A_CLAUSE, _WORTH_A_LINE = 0.64, 0.8  # of the size, given up for it
_WORTH_A_CHINESE_CLAUSE, _WORTH_A_CHINESE_LINE = (
    0.56,
    0.64,
)  # more, because what is broken elsewhere is broken inside a word
_NUMBER = re.compile(r"\d[\d.,/:]*%?\s?$")
_UNIT = re.compile(r"[^\W\d_]{1,3}\W*$")  # g, ml, cm, day: a short word behind a number
_CURRENCY = re.compile(r"(?:^|[\s(])(?:[￥¥$€£#]|[A-Z]{3}|No\.)\s$")
_LONG_UNITS = (
    "美元",
    "欧元",
    "英镑",
    "港元",
    "日元",
    "公斤",
    "千克",
    "毫克",
    "毫升",
    "厘米",
    "毫米",
    "公里",
    "小时",
    "分钟",
)
_FEWEST_IN_A_LINE = 3  # Chinese characters: fewer look left over
_PIECE = re.compile(r"\s+|[^\s]")


def is_wide(character: str) -> bool:
    """Whether it is a full-width character, as Chinese ones are."""
    return unicodedata.east_asian_width(character) in "WF"


@lru_cache(maxsize=4096)
def has_wide(text: str) -> bool:
    """Whether any character is full-width."""
    return any(map(is_wide, text))


def shaping(line: str, face: ImageFont.FreeTypeFont) -> dict[str, Any]:
    """What Pillow is asked for beside the face: mainland forms in Chinese, proportional marks in Latin text.

    Nothing where the face cannot be shaped (the regular one, and all of them in a Pillow without Raqm).
    """
    if face.layout_engine != ImageFont.Layout.RAQM:
        return {}
    return {"language": "zh-Hans"} if has_wide(line) else {"features": ["pwid"]}


@lru_cache(maxsize=32768)
def text_width(line: str, size_px: int, bold: bool = True) -> int:
    """Pixels from the first to behind the last letter of one line, rounded up. Raises MissingInput."""
    face = font(size_px, bold)
    return math.ceil(face.getlength(line, **shaping(line, face))) if line else 0


def line_pitch(text: str, size_px: int, bold: bool = True) -> int:
    """Pixels from one base line to the next: more for Chinese, and more for what is set in the regular face."""
    return round(size_px * ((1.26 if has_wide(text) else 1.14) + (0.0 if bold else 0.16)))


def text_height(text: str, size_px: int, bold: bool = True) -> int:
    """Pixels from the top of the first line to the foot of the last; ``text`` is broken already."""
    return _height_of(text.count("\n") + 1, text, size_px, bold)


def _height_of(lines: int, text: str, size_px: int, bold: bool) -> int:
    return line_pitch(text, size_px, bold) * max(lines - 1, 0) + math.ceil(size_px * (ASCENT + DESCENT))


def block_width(text: str, size_px: int, bold: bool = True) -> int:
    """Pixels of the widest line."""
    return max((text_width(line, size_px, bold) for line in text.split("\n")), default=0)


@lru_cache(maxsize=4096)
def _pieces(text: str) -> tuple[str, ...]:
    """``text`` in parts that are not broken, each with the space behind it: Latin words, single wide characters with
    the marks that may not be parted from them."""
    parts: list[str] = []
    glued = False  # to what stands before
    for match in _PIECE.finditer(text.strip()):
        token = match.group()
        if token.isspace():
            if parts:
                parts[-1] += " "
            glued = False
            continue
        latin = not is_wide(token)
        joined = glued or token in _NEVER_FIRST or token in _PARTICLES
        if parts and not parts[-1].endswith(" ") and not joined:
            before = parts[-1][-1]
            joined = (latin and not is_wide(before)) or before in _NEVER_LAST
        if parts and joined and not parts[-1].endswith(" "):
            parts[-1] += token
        else:
            parts.append(token)
        glued = token in _NEVER_LAST
    return _with_units(parts)


def _with_units(parts: list[str]) -> tuple[str, ...]:
    """The parts, numbers joined with their unit or currency (``240 g``, ``$ 89``, ``30天``, ``89美元``)."""
    made: list[str] = []
    for index, part in enumerate(parts):
        before = made[-1] if made else ""
        first = part.lstrip()[:1]
        if before and first.isdigit():
            joined = bool(_CURRENCY.search(before))
        elif before and _NUMBER.search(before):
            parted = before[-1].isspace() or not is_wide(first)
            joined = bool(_UNIT.match(part)) if parted else first.isalpha()
        else:
            pair = before[-1:] + first
            joined = pair in _LONG_UNITS and bool(_NUMBER.search(before[:-1])) and index > 0
        if joined:
            made[-1] += part
        else:
            made.append(part)
    return tuple(made)


def wrap(text: str, width_px: int, size_px: int, bold: bool = True, most_lines: int = 99) -> str | None:
    """``text`` broken into as few lines as fit ``width_px``, of lengths as even as can be; ``None``: it does not fit.

    Raises MissingInput. Breaks behind a mark are preferred, and no last line is left with next to nothing.
    """
    pieces = _pieces(text)
    wanted = _lines_needed(pieces, width_px, size_px, bold)
    if wanted is None or wanted > most_lines:
        return None
    return "\n".join(_evened(pieces, wanted, width_px, size_px, bold)) if wanted > 1 else text.strip()


def _lines_needed(pieces: tuple[str, ...], width_px: int, size_px: int, bold: bool) -> int | None:
    """How many lines it takes when each is as full as it gets; ``None`` where a single part is too wide."""
    lines, now = 0, ""
    for piece in pieces:
        if now and text_width((now + piece).rstrip(), size_px, bold) <= width_px:
            now += piece
            continue
        if text_width(piece.rstrip(), size_px, bold) > width_px:
            return None
        lines, now = lines + 1, piece
    return lines


def _evened(pieces: tuple[str, ...], lines: int, width_px: int, size_px: int, bold: bool) -> list[str]:
    """The best ``lines`` lines: squares of what each lacks of the mean, less a bounty for breaks behind a mark."""
    total = len(pieces)
    mean = text_width("".join(pieces).rstrip(), size_px, bold) / lines
    # best[k][end]: the least cost of k lines made of the first ``end`` parts, and where the last of them begins
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for _ in range(lines):
        reached: dict[int, tuple[float, int]] = {}
        for start, (cost, _start) in best[-1].items():
            for end in range(start + 1, total + 1):
                line = "".join(pieces[start:end]).rstrip()
                width = text_width(line, size_px, bold)
                if width > width_px:
                    break
                bounty = 0.06 if end < total and line[-1] in _NEVER_FIRST else 0.0
                left_over = 4.0 if has_wide(line) and len(line) < _FEWEST_IN_A_LINE else 0.0
                tried = cost + ((width - mean) / mean) ** 2 - bounty + left_over
                if end not in reached or tried < reached[end][0]:
                    reached[end] = (tried, start)
        best.append(reached)
    made: list[str] = []
    end = total
    for line_number in range(lines, 0, -1):
        start = best[line_number][end][1]
        made.append("".join(pieces[start:end]).rstrip())
        end = start
    return made[::-1]


@lru_cache(maxsize=8192)
def fit_text(
    text: str, width_px: int, height_px: int, largest_px: int, smallest_px: int, bold: bool = True, most_lines: int = 99
) -> tuple[str, int] | None:
    """The broken text and the largest size at which it fits a box, or ``None`` where not even the smallest does.

    Raises MissingInput.
    """
    box = (width_px, height_px, bold, most_lines)
    pieces = _pieces(text)
    best = _largest(pieces, text, box, largest_px, smallest_px)
    if not best:
        return None
    clauses = _clauses(text)
    if 1 < len(clauses) <= most_lines:
        # A headline of two clauses reads better a little smaller, broken between them, than broken within one.
        worth = _WORTH_A_CHINESE_CLAUSE if has_wide(text) else _WORTH_A_CLAUSE
        whole = _largest(clauses, text, box, best, max(smallest_px, math.ceil(worth * best)))
        if whole:
            lines = _lines_needed(clauses, width_px, whole, bold) or 1
            return "\n".join(_evened(clauses, lines, width_px, whole, bold)), whole
    for fewer in range(1, (_lines_needed(pieces, width_px, best, bold) or 1)):
        # So does one of fewer lines.
        size = _largest(pieces, text, (width_px, height_px, bold, fewer), best, smallest_px)
        if size >= (_WORTH_A_CHINESE_LINE if has_wide(text) else _WORTH_A_LINE) * best:
            best = size
            break
    broken = wrap(text, width_px, best, bold, most_lines)
    return None if broken is None else (broken, best)


def _largest(
    pieces: tuple[str, ...], text: str, box: tuple[int, int, bool, int], largest_px: int, smallest_px: int
) -> int:
    """The largest size at which the pieces fit a box (width, height, bold, most lines); 0 where none does."""
    width_px, height_px, bold, most_lines = box
    low, high, best = smallest_px, largest_px, 0
    while low <= high:
        size = (low + high) // 2
        lines = _lines_needed(pieces, width_px, size, bold)
        fits = lines is not None and lines <= most_lines and _height_of(lines, text, size, bold) <= height_px
        low, high, best = (size + 1, high, size) if fits else (low, size - 1, best)
    return best


def _clauses(text: str) -> tuple[str, ...]:
    """The parts of ``text`` that end with a mark."""
    made: list[str] = []
    for piece in _pieces(text):
        if made and made[-1].rstrip()[-1] not in _ENDS_CLAUSE:
            made[-1] += piece
        else:
            made.append(piece)
    return tuple(made)
