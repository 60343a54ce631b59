"""Card
This room:   a seeded marketplace with known truth: catalogue, pictures, people, auctions, clicks, late conversions.
May import:  data, domain; numpy, polars values, Pillow.
Must not:    import another engine, storage or features; let truth into lake, catalogue or file names.
Called by:   flows (simulate_world, the demo, the bandit play), tests of other rooms.
Tests:       tests/simulator/
"""

from adplat.simulator.config import WorldConfig
from adplat.simulator.delay_config import DelayConfig
from adplat.simulator.market_day import MarketDay, Spike, market_day
from adplat.simulator.play import LateConversion, PlayRequest, PublicWorld, Reaction
from adplat.simulator.whole_log import catalogue_of, whole_log
from adplat.simulator.world import World, build_world
from adplat.simulator.writing import WorldSummary, write_world

__all__ = [
    "DelayConfig",
    "LateConversion",
    "MarketDay",
    "PlayRequest",
    "PublicWorld",
    "Reaction",
    "Spike",
    "World",
    "WorldConfig",
    "WorldSummary",
    "build_world",
    "catalogue_of",
    "market_day",
    "whole_log",
    "write_world",
]
