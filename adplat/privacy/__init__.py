"""Card
This room:   what may be known of a user for one opportunity: consent strings read, the rest taken away; and what a
             report may tell of many users by attribute.
May import:  domain; the standard library only.
Must not:    keep anything, read the clock, guess a consent that nobody gave.
Called by:   flows, services/bidding, bootstrap.
Tests:       tests/privacy/
"""

from adplat.privacy.consent import DEFAULT_RULES, ConsentRules, Permissions, permitted
from adplat.privacy.gpp import UsOptOuts, read_gpp, read_us_section
from adplat.privacy.minimising import CONTEXT_FACTS, minimised
from adplat.privacy.report_groups import (
    LEAST_USERS,
    LEAST_USERS_WHO_ACTED,
    SeenRow,
    group_of,
    values_to_tell,
)
from adplat.privacy.tcf import PublisherRestriction, RestrictionKind, TcfConsent, VendorSet, read_tcf
from adplat.privacy.us_privacy import UsPrivacy, read_us_privacy

__all__ = [
    "CONTEXT_FACTS",
    "DEFAULT_RULES",
    "LEAST_USERS",
    "LEAST_USERS_WHO_ACTED",
    "ConsentRules",
    "Permissions",
    "PublisherRestriction",
    "RestrictionKind",
    "SeenRow",
    "TcfConsent",
    "UsOptOuts",
    "UsPrivacy",
    "VendorSet",
    "group_of",
    "minimised",
    "permitted",
    "read_gpp",
    "read_tcf",
    "read_us_privacy",
    "read_us_section",
    "values_to_tell",
]
