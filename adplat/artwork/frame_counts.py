"""How many frames a GIF has and how many scans a JPEG, without decoding one: hostile files have very many."""

from __future__ import annotations

MOST_FRAMES_COUNTED = 1_000
_MOST_BLOCKS = 1_000_000
_SCAN = b"\xff\xda"


def gif_frames(content: bytes) -> int:
    """Image descriptors of a GIF [GIF89a]_, at most ``MOST_FRAMES_COUNTED``; 1 at least.

    .. [GIF89a] CompuServe, Graphics Interchange Format version 89a, sections 20 to 27.
    """
    if len(content) < 13:
        return 1
    at = 13 + _colours_bytes(content[10])
    frames = blocks = 0
    while at < len(content) and frames < MOST_FRAMES_COUNTED and blocks < _MOST_BLOCKS:
        lead = content[at]
        if lead == 0x2C and at + 10 <= len(content):
            frames += 1
            at += 10 + _colours_bytes(content[at + 9]) + 1
        elif lead == 0x21:
            at += 2
        else:  # the trailer, or rubbish behind which nothing is shown
            break
        while at < len(content) and content[at] and blocks < _MOST_BLOCKS:
            at += content[at] + 1
            blocks += 1
        at += 1
    return max(frames, 1)


def jpeg_scans(content: bytes) -> int:
    """Scan headers of a JPEG. Its compressed data never holds the marker: 0xff is followed by 0 there."""
    return content.count(_SCAN)


def _colours_bytes(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
