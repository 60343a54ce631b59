"""Card
This room:   raw things to arrays, one code path for training and serving; image and text encoders; packing.
May import:  data, statistics, privacy, market, domain.
Must not:    read a columnar file itself; reach a database or Redis; know models; print.
Called by:   engines, storage, flows, runners, bootstrap.
Tests:       tests/features/

Torch, transformers and the encoder weights are loaded when an encoder is first needed.
"""

from adplat.features.arrays import EncodingProblem, ItemBlock, RowArrays, UserVector, item_hash
from adplat.features.catalogue_vectors import CatalogueVectors, Spread, encode_catalogue_items, here
from adplat.features.content import Refused, open_image
from adplat.features.content_steps import ContentSteps, EncodingOrder, Named, Vector, picture_names
from adplat.features.encoders.choice import EncoderConfig
from adplat.features.encoders.protocols import Encoder, ImageEncoder, TextEncoder
from adplat.features.encoders.registry import image_encoder_named, text_encoder_named
from adplat.features.encoders.transformers_weights import load_pretrained, weights_fingerprint
from adplat.features.encoding import FeatureEncoding
from adplat.features.histories import Histories, fold_history
from adplat.features.item_blocks import load_items, merge_items, save_items
from adplat.features.item_frames import items_of
from adplat.features.layout import Columns, Layout
from adplat.features.leading_vectors import leading_vectors
from adplat.features.learned import Sizes
from adplat.features.named_inputs import NamedValue, differing, named_inputs
from adplat.features.packing import pack_user, unpack_user
from adplat.features.row_counts import with_items
from adplat.features.served_inputs import ServedInputs, StoredProfile, pack_served_inputs, unpack_served_inputs
from adplat.features.values import canonical
from adplat.features.vector_cache import Key
from adplat.features.wide import WideEncoding, WideRows
from adplat.features.wide_config import WideConfig

__all__ = [
    "CatalogueVectors",
    "Columns",
    "ContentSteps",
    "Encoder",
    "EncoderConfig",
    "EncodingOrder",
    "EncodingProblem",
    "FeatureEncoding",
    "Histories",
    "ImageEncoder",
    "ItemBlock",
    "Key",
    "Layout",
    "Named",
    "NamedValue",
    "Refused",
    "RowArrays",
    "ServedInputs",
    "Sizes",
    "Spread",
    "StoredProfile",
    "TextEncoder",
    "UserVector",
    "Vector",
    "WideConfig",
    "WideEncoding",
    "WideRows",
    "canonical",
    "differing",
    "encode_catalogue_items",
    "fold_history",
    "here",
    "image_encoder_named",
    "item_hash",
    "items_of",
    "leading_vectors",
    "load_items",
    "load_pretrained",
    "merge_items",
    "named_inputs",
    "open_image",
    "pack_served_inputs",
    "pack_user",
    "picture_names",
    "save_items",
    "text_encoder_named",
    "unpack_served_inputs",
    "unpack_user",
    "weights_fingerprint",
    "with_items",
]
