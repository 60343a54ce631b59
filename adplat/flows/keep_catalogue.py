"""The deployed creatives as a table beside a workspace's lake, where forecasts read them, with their pictures as files.

Everything else about a catalogue stays in SQL. A picture is named by its content, so it is written once; the table is
replaced whole, and only where it says something else.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from adplat.data import read_table, write_bytes, write_table
from adplat.domain import CatalogueStore, Creative, InputError, ObjectStore

_TABLE = Path("catalogue", "creatives.parquet")
_PICTURES = Path("catalogue", "images")
_COLUMNS = (
    "creative_id", "ad_id", "campaign_id", "advertiser_id", "status", "headline", "body", "cta", "language", "category",
    "image_path",
)  # fmt: skip


def keep_catalogue(folder: Path, catalogue: CatalogueStore, objects: ObjectStore) -> bool:
    """Write what has changed; says whether anything had. Without a creative nothing is written.

    Raises UnknownReference and BundleRejected for a picture that is lost or altered, StoreUnreachable.
    """
    creatives = sorted(catalogue.creatives(), key=lambda one: one.creative_id)
    if not creatives:
        return False
    for creative in creatives:
        _keep_picture(folder, creative, objects)
    frame = pl.DataFrame([_row(one) for one in creatives], schema=dict.fromkeys(_COLUMNS, pl.String), orient="row")
    kept = _kept(folder)
    if kept is not None and frame.equals(kept):
        return False
    (folder / _TABLE).parent.mkdir(parents=True, exist_ok=True)
    write_table(frame, folder / _TABLE)
    return True


def _kept(folder: Path) -> pl.DataFrame | None:
    try:
        return read_table(folder / _TABLE)
    except InputError:
        return None  # none yet, or of no use


def _keep_picture(folder: Path, creative: Creative, objects: ObjectStore) -> None:
    if creative.image is None:
        return
    path = folder / _PICTURES / creative.image.sha256
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, objects.get(creative.image.sha256))


def _row(creative: Creative) -> tuple[str | None, ...]:
    words = creative.copy
    return (
        creative.creative_id,
        creative.ad_id,
        creative.campaign_id,
        creative.advertiser_id,
        creative.status.value,
        words.headline,
        words.body,
        words.cta,
        words.language,
        creative.category or None,
        None if creative.image is None else str(_PICTURES / creative.image.sha256),
    )
