"""Words by page; ``wording`` holds those of all pages, and puts them together."""

from services.admin.words import campaigns, creatives, experiments, models, people, reports

PAGES = (campaigns.WORDS, creatives.WORDS, experiments.WORDS, models.WORDS, people.WORDS, reports.WORDS)

__all__ = ["PAGES"]
