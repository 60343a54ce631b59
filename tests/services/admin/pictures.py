"""Pictures of the pages for the documentation: ``python -m tests.services.admin.pictures docs/pictures [FOLDER]``.

``FOLDER`` keeps the workspace that was made, and is taken again if it is there. A page that is not there yet, or has
nothing to show, is said and left out; what is pictured stands in ``SHOTS`` and nowhere else.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import playwright.sync_api as playwright
from PIL import Image

from adplat import bootstrap
from tests.services.admin.admins import WORDS, Admin
from tests.services.admin.believable import a_believable_workspace
from tests.services.admin.in_a_browser.chromium import NARROW, WIDE, Visitor, chromium
from tests.services.asked_by_schema import serving

LARGEST_BYTES = 200_000
_HIGHEST_PX = 1500


@dataclass(frozen=True)
class Shot:
    """One picture, ``admin-NAME.png``; ids of the workspace stand in braces."""

    name: str
    path: str
    language: str = "en"
    scheme: str = "light"
    width: int = WIDE
    who: str = "olga"


SHOTS = (
    Shot("overview", "/"),
    Shot("campaign-dark-zh", "/campaigns/{campaign_id}", "zh", "dark"),
    Shot("campaign-form", "/campaigns/new"),
    Shot("forecast", "/forecasts/{forecast_id}"),
    Shot("creatives", "/creatives"),
    Shot("queue-zh", "/creatives/queue", "zh"),
    Shot("standings", "/campaigns/{campaign_id}/creatives"),
    Shot("draft", "/drafts/{draft_id}", scheme="dark"),
    Shot("experiment", "/experiments/{experiment_id}"),
    Shot("model-dark", "/models/{bundle_id}", scheme="dark"),
    Shot("report-zh", "/reports?by=day&by=campaign&time_zone=Asia/Shanghai", "zh"),
    Shot("audit", "/audit", who="root"),
    Shot("people-dark", "/people", scheme="dark", who="root"),
    Shot("overview-narrow-dark-zh", "/", "zh", "dark", NARROW, "mei"),
)


def main(target: Path, kept: Path | None = None) -> None:
    """Make the workspace, or take the one that was kept; then a picture of every page that is there."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="adp-") as passing:
        folder = kept or Path(passing)
        told = folder / "ids.json"
        if not told.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            made = a_believable_workspace(folder, datetime.now(UTC))
            told.write_bytes(msgspec.json.encode(made.ids))
        ids = msgspec.json.decode(told.read_bytes(), type=dict[str, str])
        admin = Admin(bootstrap.read_settings(workspace=folder / "ws", actor="olga"))
        with serving(admin.app) as address, chromium() as browser:
            # Once each: who signs in too often has to wait.
            signed_in = {who: _cookies(browser, address, who) for who in sorted({shot.who for shot in SHOTS})}
            for shot in SHOTS:
                visitor = Visitor(browser, address, scheme=shot.scheme, language=shot.language, width=shot.width)
                visitor.context.add_cookies(signed_in[shot.who])
                said = take(visitor, shot, ids, target / f"admin-{shot.name}.png")
                visitor.context.close()
                sys.stdout.write(f"{shot.name}: {said}\n")


def take(visitor: Visitor, shot: Shot, ids: dict[str, str], file: Path) -> str:
    """What became of it, in a few words."""
    try:
        answer = visitor.page.goto(shot.path.format(**ids))
    except KeyError as missing:
        return f"left out, the workspace has no {missing}"
    if answer is None or answer.status != 200:
        return f"left out, the page answers {answer and answer.status}"
    file.write_bytes(_small(_seen(visitor.page)))
    return f"{file.stat().st_size / 1000:.0f} KB" + "".join(f"; {one}" for one in visitor.complaints)


def _cookies(browser: playwright.Browser, address: str, who: str) -> Any:
    visitor = Visitor(browser, address)
    visitor.sign_in(who, WORDS)
    told = visitor.context.cookies()
    visitor.context.close()
    return told


def _seen(page: playwright.Page) -> bytes:
    """The page from its top, as far as it goes or fits into a document; pictures further down are loaded first."""
    width, height = page.evaluate("[window.innerWidth, document.documentElement.scrollHeight]")
    page.set_viewport_size({"width": width, "height": min(max(height, 200), _HIGHEST_PX)})
    page.wait_for_load_state("networkidle")
    page.evaluate(
        """() => Promise.all([...document.images]
            .filter(one => one.getBoundingClientRect().top < window.innerHeight)
            .map(one => one.decode()))"""
    )
    return page.screenshot()


def _small(png: bytes) -> bytes:
    """With as many colours as fit."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (256, 128, 64, 32, 16):
        file = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        if file.tell() <= LARGEST_BYTES:
            break
    return file.getvalue()


if __name__ == "__main__":
    if len(sys.argv) not in {2, 3}:
        sys.exit("python -m tests.services.admin.pictures TARGET [FOLDER]")
    main(Path(sys.argv[1]), *(Path(one) for one in sys.argv[2:]))
