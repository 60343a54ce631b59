"""Card
This room:   a seeded marketplace with known truth: catalogue, pictures, people, auctions, clicks, late conversions;
             and campaigns beside its log that are played for what they truly bring.
May import:  data, domain, market; numpy, polars values, Pillow.
Must not:    import another engine, storage or features; let truth into lake, catalogue or file names.
Called by:   flows (simulate_world, the demo, the bandit play), tests of other rooms.
Tests:       tests/simulator/
"""

from adplat.simulator.campaign_draw import PlanFacts
from adplat.simulator.campaign_world import CampaignOutcome, Delivery, SimulatedCampaign, simulate_campaigns
from adplat.simulator.config import WorldConfig
from adplat.simulator.delay_config import DelayConfig
from adplat.simulator.life import Life, live_through
from adplat.simulator.market_day import MarketDay, Spike, market_day
from adplat.simulator.play import LateConversion, PlayRequest, PublicWorld, Reaction
from adplat.simulator.weather import Weather, WeatherConfig
from adplat.simulator.whole_log import catalogue_of, whole_log
from adplat.simulator.world import World, build_world
from adplat.simulator.writing import WorldSummary, write_world

__all__ = [
    "CampaignOutcome",
    "DelayConfig",
    "Delivery",
    "LateConversion",
    "Life",
    "MarketDay",
    "PlanFacts",
    "PlayRequest",
    "PublicWorld",
    "Reaction",
    "SimulatedCampaign",
    "Spike",
    "Weather",
    "WeatherConfig",
    "World",
    "WorldConfig",
    "WorldSummary",
    "build_world",
    "catalogue_of",
    "live_through",
    "market_day",
    "simulate_campaigns",
    "whole_log",
    "write_world",
]
