"""For all tests: no example of Hypothesis is wrong for being slow on a machine that stands still for a moment."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
