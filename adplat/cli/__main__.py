"""``python -m adplat.cli`` is the same as ``adplat``."""

from adplat.cli import main

main()
