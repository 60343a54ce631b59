"""Bring a folder's catalogue into SQL and its pictures into the object store, and its users into Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from adplat.data import read_table
from adplat.domain import (
    CatalogueStore,
    ConfigRejected,
    ImageAsset,
    ObjectStore,
    Progress,
    SchemaMismatch,
    StreamState,
    TableRejected,
)
from adplat.features import FeatureEncoding, Histories, UserVector, fold_history, pack_user, unpack_user
from adplat.flows.catalogue_rows import ad_in, advertiser_in, campaign_in, creative_in

T = TypeVar("T")

USERS_A_BATCH = 1000


@dataclass(frozen=True, slots=True)
class LoadedCatalogue:
    """How much came in."""

    advertisers: int
    campaigns: int
    ads: int
    creatives: int


def load_catalogue(
    folder: Path, catalogue: CatalogueStore, objects: ObjectStore, progress: Progress
) -> LoadedCatalogue:
    """Read ``folder/catalogue/*.parquet`` and the pictures it names; all rows are saved in one transaction.

    Raises MissingInput and TableRejected (a column that is not there, a status that is none of ours).
    """
    advertisers = list(_rows(folder, "advertisers", advertiser_in))
    currencies = {advertiser.advertiser_id: advertiser.currency for advertiser in advertisers}
    campaigns = list(_rows(folder, "campaigns", lambda row: campaign_in(row, currencies)))
    ads = list(_rows(folder, "ads", ad_in))
    paths = list(_rows(folder, "creatives", lambda row: row["image_path"]))
    pictures = []
    for done, path in enumerate(paths, start=1):
        pictures.append(_picture(folder, path, objects))
        progress(done, len(paths), "storing pictures")
    waiting = iter(pictures)
    creatives = list(_rows(folder, "creatives", lambda row: creative_in(row, next(waiting))))
    catalogue.save(advertisers, campaigns, ads, creatives)
    return LoadedCatalogue(len(advertisers), len(campaigns), len(ads), len(creatives))


def load_users(
    folder: Path, encoding: FeatureEncoding, histories: Histories, stream: StreamState, progress: Progress
) -> int:
    """Pack every user of the folder's user table into Redis; returns how many.

    A history is what the bundle's training rows tell, and what was folded online since. A click folded by a worker
    between the read and the write of its user's batch is lost to the history (to nothing else).
    """
    table = encoding.schema.table("user")
    if table is None:
        return 0
    people = read_table(folder / table.file)
    known = encoding.known_users(people, histories)
    written = 0
    while batch := dict(islice(known, USERS_A_BATCH)):
        stored = stream.read_users(list(batch))
        merged = {key: with_kept_history(vector, stored.get(key), encoding) for key, vector in batch.items()}
        stream.write_users({key: pack_user(vector, encoding.digest) for key, vector in merged.items()})
        written += len(batch)
        progress(written, max(written, len(people)), "packing users")
    return written


def with_kept_history(vector: UserVector, stored: bytes | None, encoding: FeatureEncoding) -> UserVector:
    """The vector with what the worker folded since training; one of another schema says nothing here."""
    if stored is None:
        return vector
    try:
        before = unpack_user(stored, encoding.digest)
    except (SchemaMismatch, TableRejected):
        return vector
    for sequence, (items, times) in enumerate(zip(before.history, before.history_time_s, strict=True)):
        for item, time_s in zip(items.tolist(), times.tolist(), strict=True):
            if item:
                vector = fold_history(vector, sequence, item, time_s)
    return vector


def _rows(folder: Path, name: str, read: Callable[[dict[str, Any]], T]) -> Iterator[T]:
    """Each row of a catalogue table, read; what cannot be read is refused with its row."""
    path = folder / "catalogue" / f"{name}.parquet"
    for number, row in enumerate(read_table(path).iter_rows(named=True), start=1):
        try:
            yield read(row)
        except KeyError as missing:
            raise TableRejected(
                f"{missing.args[0]!r} is not there",
                where=f"{path}, row {number}",
                hint="see docs/data.md for the columns",
            ) from None
        except ConfigRejected as reason:
            raise TableRejected(reason.what, where=f"{path}, row {number}", hint=reason.hint) from None
        except (ValueError, TypeError) as reason:
            raise TableRejected(str(reason), where=f"{path}, row {number}", hint="mend the value") from None


def _picture(folder: Path, path: str | None, objects: ObjectStore) -> ImageAsset | None:
    """The picture by content; one that cannot be read is kept out here and flagged when it is encoded."""
    if not path or not (folder / path).is_file():
        return None
    content = (folder / path).read_bytes()
    try:
        with Image.open(BytesIO(content)) as picture:
            width, height = picture.size
    except (OSError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    return ImageAsset(objects.put(content), path, width, height)
