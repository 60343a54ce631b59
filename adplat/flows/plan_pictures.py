"""Pictures of new creatives that come within a plan, as bytes and not as a path.

Whoever asks from elsewhere has no file beside the plan: ``image_path`` is then a data URL (RFC 2397) of a PNG, JPEG or
WebP file. It is kept as an object, and the plan names it by its SHA-256; so a plan stays small where it is kept, and
nobody names a file of this machine.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from adplat.domain import ConfigRejected, ObjectStore
from adplat.features import Refused as UnreadablePicture
from adplat.features import open_image
from adplat.forecast import CampaignPlan

LARGEST_PICTURE_BYTES = 5 * 1024 * 1024
_DATA_URL = re.compile(r"data:image/(?:png|jpeg|webp);base64,", re.ASCII)
# Libraries of pictures open many more formats, some by other programs; nobody sends an advertisement in those.
_MAGIC = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|RIFF....WEBP", re.DOTALL)
_OBJECT = re.compile(r"[0-9a-f]{64}")


def picture_of(text: str, *, where: str) -> bytes:
    """The bytes of base64 that are a picture we can read. Raises ConfigRejected."""
    hint = "send one PNG, JPEG or WebP file as base64"
    if len(text) > LARGEST_PICTURE_BYTES * 4 // 3 + 4:
        raise ConfigRejected(
            f"the picture is larger than {LARGEST_PICTURE_BYTES // 2**20} MiB", where=where, hint="send a smaller one"
        )
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ConfigRejected("the picture is not base64", where=where, hint=hint) from None
    if not _MAGIC.match(content):
        raise ConfigRejected("the picture is no PNG, JPEG or WebP file", where=where, hint=hint)
    opened = open_image(content)
    if isinstance(opened, UnreadablePicture):
        raise ConfigRejected(f"the picture cannot be read: {opened.reason}", where=where, hint=hint)
    return content


def keep_pictures(plan: CampaignPlan, objects: ObjectStore) -> CampaignPlan:
    """The plan with its pictures kept as objects, and named by their content. Raises ConfigRejected."""
    kept = []
    for number, creative in enumerate(plan.new_creatives):
        name, where = creative.image_path, f"new_creatives[{number}].image_path"
        match = _DATA_URL.match(name)
        if match:
            name = objects.put(picture_of(name[match.end() :], where=where))
        elif name and not (_OBJECT.fullmatch(name) and objects.has(name)):
            raise ConfigRejected(
                "a picture of a new creative is told by its bytes, not by a path",
                where=where,
                hint="give data:image/png;base64,… (or jpeg, webp), or leave it out",
            )
        kept.append(replace(creative, image_path=name))
    return replace(plan, new_creatives=kept)


@contextmanager
def folder_of_pictures(plan: CampaignPlan, objects: ObjectStore) -> Iterator[Path]:
    """A folder in which ``image_path`` of every new creative is a file, in the block. Raises UnknownReference."""
    with TemporaryDirectory(prefix="adplat-plan-") as made:
        folder = Path(made)
        for creative in plan.new_creatives:
            if creative.image_path:
                (folder / creative.image_path).write_bytes(objects.get(creative.image_path))
        yield folder
