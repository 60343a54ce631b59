"""Names that stand for what lies below them: content categories read from the left, domains from the right."""

from __future__ import annotations


def category_and_above(category: str) -> list[str]:
    """``IAB7-39`` ▸ ``IAB7``."""
    parts = category.split("-")
    return ["-".join(parts[:count]) for count in range(len(parts), 0, -1)]


def domain_and_above(domain: str) -> list[str]:
    """``news.example.com`` ▸ ``example.com``, lower case; a name without a dot stands alone."""
    labels = domain.lower().split(".")
    if len(labels) < 2:
        return [domain.lower()] if domain else []
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]
