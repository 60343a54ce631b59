"""Grounds behind a product: the embedded painter, and the one that runs image models."""

from adplat.generation.grounds.diffusion import DiffusersPainter, DiffusionSettings
from adplat.generation.grounds.licences import Licence, licence_of
from adplat.generation.grounds.procedural import ProceduralPainter
from adplat.generation.grounds.scenes import FOOT_ROOM

__all__ = ["FOOT_ROOM", "DiffusersPainter", "DiffusionSettings", "Licence", "ProceduralPainter", "licence_of"]
