"""Grounds behind a product: the embedded painter, and the one that runs image models."""

from adplat.generation.grounds.procedural import ProceduralPainter
from adplat.generation.grounds.scenes import FOOT_ROOM

__all__ = ["FOOT_ROOM", "ProceduralPainter"]
