"""The picture of the rooms shows every room that there is."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import adplat

ROOT = Path(adplat.__file__).parents[1]


def test_every_room_and_service_stands_in_the_picture() -> None:
    tree = ET.parse(ROOT / "docs/pictures/architecture.svg")  # noqa: S314 - our own file
    told = {(one.text or "").partition(" ")[0] for one in tree.iter("{http://www.w3.org/2000/svg}text")}
    rooms = {file.parent.name for file in (ROOT / "adplat").glob("*/__init__.py")}
    services = {file.parent.name for file in (ROOT / "services").glob("*/__init__.py")} - {"hosting"}
    assert rooms | services | {"bootstrap"} <= told
