"""Card
This room:   the maths of one opportunity: which ads may stand there, what a showing is worth, what to offer for it,
             how fast a budget may go, how often one person may see it, and what still fits into the time left.
May import:  domain; numpy, scipy.
Must not:    read files or the clock, draw random numbers, keep anything between calls that could not be thrown away.
Called by:   flows, services/bidding, simulator, storage.
Tests:       tests/market/
"""

from adplat.market.ad_terms import AdTerms
from adplat.market.eligibility import FACT_OF, Condition, EligibilityIndex

__all__ = [
    "FACT_OF",
    "AdTerms",
    "Condition",
    "EligibilityIndex",
]
