"""Declared spiders, and people who only look like them."""

from __future__ import annotations

import pytest

from adplat.openrtb import is_robot
from tests.openrtb.builders import read

_CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "AdsBot-Google (+http://www.google.com/adsbot.html)",
        "Mediapartners-Google",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
        "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
        "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
        "Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "TelegramBot (like TwitterBot)",
        "ias_crawler v1",
        f"{_CHROME} HeadlessChrome/126.0.0.0 Safari/537.36",
        f"{_CHROME} Chrome/126.0.0.0 Safari/537.36 Chrome-Lighthouse",
        "python-requests/2.32",
        "curl/8.5.0",
        "SOMEBODYSBOT",
    ],
)
def test_whoever_says_so_is_a_robot(agent: str) -> None:
    assert is_robot(agent)
    assert read(device={"ua": agent}).is_robot


@pytest.mark.parametrize(
    "agent",
    [
        "",
        f"{_CHROME} Chrome/126.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 Chrome/100.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 8.1.0; CUBOT) AppleWebKit/537.36 Chrome/100.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; U; Android 4.4; Robotics Tablet Build/KOT49H) AppleWebKit/534.30",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    ],
)
def test_people_are_not(agent: str) -> None:
    assert not is_robot(agent)


def test_a_structured_user_agent_may_say_so_as_well() -> None:
    assert read(device={"sua": {"browsers": [{"brand": "Chromium"}, {"brand": "HeadlessChrome"}]}}).is_robot
    assert not read(device={"sua": {"browsers": [{"brand": "Chromium"}]}}).is_robot
