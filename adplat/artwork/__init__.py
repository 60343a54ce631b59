"""Card
This room:   a creative as pixels and bytes: uploads opened safely, fonts and the width of words, the one drawer of
             element trees, colours and contrast, files under their weight, marks of provenance read and written.
May import:  domain; Pillow, NumPy, c2pa (late).
Must not:    draft, judge or store anything; know models.
Called by:   generation, review, simulator, flows.
Tests:       tests/artwork/
"""

from adplat.artwork.encoding import encode_under, media_type_of, suffix_of
from adplat.artwork.marks import SourceType, source_code_in, source_type_of, xmp_of
from adplat.artwork.sealing import Claims, Seal, SealState, read_seal, seal, seal_bytes
from adplat.artwork.signing_chain import SigningChain, made_chain, read_chain

__all__ = [
    "Claims",
    "Seal",
    "SealState",
    "SigningChain",
    "SourceType",
    "encode_under",
    "made_chain",
    "media_type_of",
    "read_chain",
    "read_seal",
    "seal",
    "seal_bytes",
    "source_code_in",
    "source_type_of",
    "suffix_of",
    "xmp_of",
]
