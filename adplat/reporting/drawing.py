"""The look of all figures, and their way out of matplotlib.

SVG figures follow the page: their text, axes and grid take the colours of the reader's light or dark
scheme, and text stays text, so any script the reader's system can show is shown. PNG is for everything else, and
takes what Latin letters do not write from the font of the rendered creatives.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from adplat.domain import MissingInput, TableRejected

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PictureForm = Literal["svg", "png"]

INK, MUTED, GRID = "#1d2530", "#5a6675", "#dde2ea"
# Told apart also without colour vision: hues of Okabe & Ito, moved to be legible on white and on near-black.
COLOURS = ("#2f6fdb", "#e0792b", "#169b83", "#a45bc4", "#c9a013", "#7d8896", "#d1495b", "#4fa8dd")
DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), (0, (9, 3)), (0, (3, 3)))

_CJK = "adplat CJK"
_DARK = {INK: "#e7ebf1", MUTED: "#9ca7b6", GRID: "#333c48"}
_SETTINGS: dict[Any, Any] = {
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": GRID,
    "axes.labelcolor": MUTED,
    "axes.titlecolor": INK,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": GRID,
    "xtick.labelcolor": MUTED,
    "ytick.color": GRID,
    "ytick.labelcolor": MUTED,
    "legend.frameon": False,
    "text.parse_math": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "adplat",
}


class Canvas:
    """A figure being drawn; ``content`` holds its bytes once the ``with`` block is left."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self.content = b""

    def axes(self, panels: int = 1) -> list[Axes]:
        """Panels side by side, left to right."""
        return [self.figure.add_subplot(1, panels, number + 1) for number in range(panels)]


@contextmanager
def canvas(width: float, height: float, form: PictureForm) -> Iterator[Canvas]:
    """A figure of ``width`` by ``height`` inches in the house look, without matplotlib's global figures."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({**_SETTINGS, "font.family": _families()}), warnings.catch_warnings():
        # Other scripts: in SVG only the width of such a label is guessed, the reader's own font draws it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        drawn = Canvas(Figure(figsize=(width, height), layout="constrained"))
        yield drawn
        out = io.BytesIO()
        if form == "png":
            drawn.figure.savefig(out, format="png", dpi=160, facecolor="white")
            drawn.content = out.getvalue()
        else:
            drawn.figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
            drawn.content = _themed(out.getvalue().decode("utf-8")).encode("utf-8")


@lru_cache(maxsize=1)
def _families() -> list[str]:
    from matplotlib.font_manager import FontEntry, fontManager

    from adplat.artwork import font_file

    try:
        path = str(font_file())
    except MissingInput:
        return ["DejaVu Sans"]
    # One face for both weights, under a name of its own: matplotlib warns of each weight that a family lacks.
    fontManager.ttflist += [FontEntry(fname=path, name=_CJK, weight=weight) for weight in (400, 700)]
    return ["DejaVu Sans", _CJK]


def colour(number: int) -> str:
    """The colour of the series at this place."""
    return COLOURS[number % len(COLOURS)]


def dash(number: int) -> Any:
    """The line style of the series at this place: colour is never the only difference."""
    return DASHES[number % len(DASHES)]


def refuse_empty(series: Sequence[object], what: str) -> None:
    """Raises TableRejected when there is nothing to draw."""
    if not series:
        raise TableRejected(f"there is no {what} to draw", hint="leave the figure out")


def _themed(svg: str) -> str:
    names = {INK: "--ink", MUTED: "--muted", GRID: "--grid"}
    for light, name in names.items():
        svg = svg.replace(light, f"var({name})")
    light_rules = "".join(f"{name}:{light};" for light, name in names.items())
    dark_rules = "".join(f"{name}:{_DARK[light]};" for light, name in names.items())
    family = 'system-ui,-apple-system,"Segoe UI","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif'
    style = (
        f"<style>:root{{{light_rules}}}"
        f"@media (prefers-color-scheme:dark){{:root{{{dark_rules}}}}}"
        f"text{{font-family:{family}!important}}</style>"
    )
    opened = svg.index(">", svg.index("<svg")) + 1
    return svg[:opened] + style + svg[opened:]
