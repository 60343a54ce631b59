"""adplat: which ad creative to show to whom, learned from what happened.

``import adplat`` stays light: it pulls in neither torch nor ray. Work is reached through the
command line (``adplat --help``) or through the rooms described in ``ARCHITECTURE.md``.
"""

__version__ = "0.1.0"
__all__ = ["__version__"]
