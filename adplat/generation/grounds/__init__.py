"""Grounds behind a product: the embedded painter, and the one that runs image models."""

from adplat.generation.grounds.procedural import ProceduralPainter
from adplat.generation.grounds.scenes import STANDS_ON

__all__ = ["STANDS_ON", "ProceduralPainter"]
