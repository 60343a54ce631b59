"""How far somebody is who is at work for long."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int, str], None]
"""``progress(done, total, what)``: how a room tells a person how far it is; it never prints itself."""
