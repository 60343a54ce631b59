"""Words by page; ``wording`` holds those of all pages, and puts them together."""

from services.admin.words import (
    campaigns,
    creatives,
    deeds,
    experiments,
    filters,
    findings,
    forecasts,
    models,
    overview,
    people,
    refusals,
    reports,
)

PAGES = tuple(
    module.WORDS
    for module in (
        campaigns,
        creatives,
        deeds,
        experiments,
        filters,
        findings,
        forecasts,
        models,
        overview,
        people,
        refusals,
        reports,
    )
)

__all__ = ["PAGES"]
