"""What an image model is asked for: the style in words, the palette in names of colours, and what must not appear."""

from __future__ import annotations

from adplat.artwork import oklch, rgb_of

NEVER = (
    "text, letters, words, numbers, watermark, logo, signature, label, caption, people, person, face, hands, "
    "second product, frame, border, collage, low quality, blurry"
)
SETTINGS = {
    "studio": "standing on a seamless paper sweep in a photo studio, soft light from above, gentle shadow",
    "tabletop": "standing on a clean wooden table before a plain wall, soft window light from the left",
    "podium": "standing on a round podium before an arch, minimal set design, soft light",
    "gradient": "before a plain backdrop with a smooth gradient of colour",
    "bokeh": "before a softly blurred backdrop with round lights out of focus",
    "nature": "standing on a flat stone among leaves and soft morning light",
    "kitchen": "standing on a bright kitchen counter, out-of-focus background",
    "bathroom": "standing on a marble shelf in a bright bathroom, out-of-focus background",
}
"""By style. Those that the procedural painter has too start from its picture."""

_NAMES = (
    (15, "pink"),
    (40, "red"),
    (75, "orange"),
    (115, "yellow"),
    (165, "green"),
    (215, "teal"),
    (290, "blue"),
    (335, "purple"),
    (360, "pink"),
)


def colour_name(colour: str) -> str:
    """An English name that an image model knows, such as ``pale pink``."""
    light, chroma, hue = oklch(rgb_of(colour))
    if chroma < 0.02:
        return "white" if light > 0.92 else "black" if light < 0.25 else "grey"
    name = next(name for limit, name in _NAMES if hue <= limit)
    return f"{'pale ' if light > 0.85 else 'dark ' if light < 0.4 else ''}{name}"


def prompt_for(style: str, palette: tuple[str, ...], extra: str) -> str:
    """The whole prompt; the palette's ground and accent stand in it by name."""
    tones = " and ".join(dict.fromkeys(colour_name(colour) for colour in palette[::2]))
    parts = ["professional product photograph", SETTINGS[style], f"in tones of {tones}" if tones else "", extra]
    return ", ".join(part for part in (*parts, "empty space around, clean, high detail") if part)
