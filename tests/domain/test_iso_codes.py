"""Codes of countries are held against another list of them: the one that time zones come with."""

from __future__ import annotations

from importlib.resources import files

from adplat.domain import COUNTRIES, CURRENCIES


def test_countries_are_those_of_the_time_zones_each_with_a_code_of_three_letters() -> None:
    lines = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text().splitlines()
    listed = {line.partition("\t")[0] for line in lines if not line.startswith("#")}
    assert {code for code in COUNTRIES if len(code) == 2} == listed
    three = {code for code in COUNTRIES if len(code) == 3}
    assert len(three) == len(listed) and {"CHN", "DEU", "GBR", "USA", "SGP"} <= three
    assert all(code.isascii() and code.isupper() for code in COUNTRIES)


def test_currencies_are_what_people_pay_in() -> None:
    assert {"CNY", "EUR", "USD", "JPY", "XOF"} <= CURRENCIES
    assert not {"ZZZ", "XAU", "XTS", "XXX", "cny", "DEM"} & CURRENCIES
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in CURRENCIES)
    # But for a few that are shared, the first two letters are a country's.
    assert len({code for code in CURRENCIES if code[:2] not in COUNTRIES}) < 10
