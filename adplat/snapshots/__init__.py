"""Card
This room:   the immutable picture of catalogue and model that a replica serves from; pointers to it and to its shadow;
             the prices that auctions taught; the experiments that run; the keys that open the service.
May import:  features, data, market, statistics, domain.
Must not:    load an image or text encoder, score, choose, or reach a store.
Called by:   flows, bootstrap, services.
Tests:       tests/snapshots/

Why a room of its own: publishing writes the picture, ranking and folding read it, and none of the
three may import another. Nothing of a picture ever changes; what changes is the pointer.
"""

from adplat.snapshots.catalogue_snapshot import (
    SNAPSHOTS_FOLDER,
    CatalogueSnapshot,
    PolicySettings,
    load_snapshot,
    write_snapshot,
)
from adplat.snapshots.experiments_file import EXPERIMENTS_NAME, ExperimentsFile, ExperimentsWatch
from adplat.snapshots.key_file import KEYS_NAME, KeyFile
from adplat.snapshots.pointer import POINTER_NAME, Deployment, DeploymentPointer
from adplat.snapshots.shading_file import SHADING_NAME, LearnedShading, ShadingFile, ShadingWatch
from adplat.snapshots.shadow_pointer import ShadowDeployment, ShadowPointer
from adplat.snapshots.watched_file import WatchedFile

__all__ = [
    "EXPERIMENTS_NAME",
    "KEYS_NAME",
    "POINTER_NAME",
    "SHADING_NAME",
    "SNAPSHOTS_FOLDER",
    "CatalogueSnapshot",
    "Deployment",
    "DeploymentPointer",
    "ExperimentsFile",
    "ExperimentsWatch",
    "KeyFile",
    "LearnedShading",
    "PolicySettings",
    "ShadingFile",
    "ShadingWatch",
    "ShadowDeployment",
    "ShadowPointer",
    "WatchedFile",
    "load_snapshot",
    "write_snapshot",
]
