"""Card
This room:   the same work over many machines: Ray Data encodes a catalogue, Ray Train fits a network.
May import:  engines, features, data, statistics, domain; Ray, late, when the first worker is needed.
Must not:    import flows (``bootstrap`` hands them what is made here) or storage; know a step of its own: what a
             worker does is the code that one process runs.
Called by:   bootstrap; ``services`` for the folder that a Ray may live in.
Tests:       tests/runners/
"""

from adplat.runners.content_over_ray import spread_over
from adplat.runners.fit_over_ray import fit_over
from adplat.runners.ray_folder import ray_base_folder
from adplat.runners.ray_machines import RayMachines

__all__ = ["RayMachines", "fit_over", "ray_base_folder", "spread_over"]
