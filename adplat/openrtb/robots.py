"""Declared spiders, by what they call themselves. Whoever hides is not found here.

The list is our own and short. A bid for any of these would be wasted, and a count of them false.
"""

from __future__ import annotations

import re

# Whoever says in plain words what it is: googlebot/2.1, bingbot/2.0, "SemrushBot;", a crawler or spider of any name.
# "bot" must end the word, before a version or a bracket; CUBOT makes telephones.
_SELF_DESCRIBED = r"(?<!cu)bot(?:/|;|\)|,|$)|crawler|spider\b"

# Search engines, their ad checkers and page renderers whose names say nothing of the kind.
_SEARCH = (
    "adsbot-google",
    "mediapartners-google",
    "google-inspectiontool",
    "bingpreview",
    "slurp",
    "yandexmetrika",
    "yeti/",
)
# Link previews in messengers and networks: fetched when a link is posted, not when it is read.
_PREVIEWS = ("facebookexternalhit", "meta-externalagent", "whatsapp/", "slackbot", "skypeuripreview", "embedly")
# Archives and collectors of text.
_COLLECTORS = ("ia_archiver", "archive.org_bot", "chatgpt-user", "screaming frog", "grapeshot", "proximic", "admantx")
# Page testers: they load ads to measure the page.
_TESTERS = ("chrome-lighthouse", "pingdom", "gtmetrix", "pagespeed", "site24x7", "statuscake", "datadog/synthetics")
# Browsers without a screen, and programs that fetch pages.
_BROWSERS = ("headlesschrome", "phantomjs", "prerender", "selenium", "puppeteer", "playwright", "scrapy")
_PROGRAMS = ("python-requests", "python-urllib", "aiohttp/", "go-http-client", "libwww-perl", "curl/", "wget/")

_NAMED = _SEARCH + _PREVIEWS + _COLLECTORS + _TESTERS + _BROWSERS + _PROGRAMS
_ROBOT = re.compile("|".join((*map(re.escape, _NAMED), _SELF_DESCRIBED)))


def is_robot(user_agent: str) -> bool:
    """Whether ``user_agent`` says that no person is behind it."""
    return _ROBOT.search(user_agent.lower()) is not None
