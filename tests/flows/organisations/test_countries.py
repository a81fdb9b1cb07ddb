"""P1: an organisation is in a country, by its zone or as it was said; telephone numbers are read by it."""

from __future__ import annotations

from zoneinfo import available_timezones

import phonenumbers
import pytest

from tests.flows.organisations.test_going_live import GOOD
from tests.office import SERVICE, Desk, open_desk
from tracker.core.vocabulary.errors import SetupRefused
from tracker.flows.organisations import countries, going_live, offices
from tracker.flows.organisations.countries import country_of
from tracker.store.ground.engine import Store


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Europe/Warsaw", "PL"),
        ("Europe/London", "GB"),
        ("Europe/Belfast", "GB"),
        ("Europe/Dublin", "IE"),
        ("Europe/Kiev", "UA"),
        ("Europe/Kyiv", "UA"),
        ("Asia/Calcutta", "IN"),
        ("US/Pacific", "US"),
        ("America/Argentina/Ushuaia", "AR"),
        ("Europe/San_Marino", "SM"),
        ("Atlantic/Reykjavik", "IS"),
        ("UTC", None),
        ("Etc/UTC", None),
        ("Etc/GMT+3", None),
        ("CET", None),
        ("EST", None),
        ("EST5EDT", None),
        ("Antarctica/Troll", None),
        ("Antarctica/McMurdo", None),
        ("", None),
    ],
)
def test_p1_a_zone_lies_in_a_country_or_in_none(zone: str, country: str | None) -> None:
    assert country_of(zone) == country


def test_p1_nearly_every_zone_of_a_place_has_its_country() -> None:
    places = {zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "Antarctica/"))}
    without = {zone for zone in places if country_of(zone) is None}
    assert len(places) > 400 and len(without) < 10, without
    assert {country_of(zone) for zone in places - without} <= set(phonenumbers.SUPPORTED_REGIONS)


async def add(store: Store, zone: str, country: str | None = None, slug: str = "podlesie") -> str:
    return (await offices.add_organisation(store, slug=slug, name="Podlesie", zone=zone, country=country)).country


async def test_p1_an_organisation_is_in_the_country_of_its_zone_or_where_it_was_said(store: Store) -> None:
    assert await add(store, "Europe/Warsaw") == "PL"
    assert await add(store, "UTC", "pl", "elsewhere") == "PL"
    assert await add(store, "Europe/Belgrade", "XK", "third") == "XK"


@pytest.mark.parametrize(
    ("zone", "country", "remedy"),
    [
        ("UTC", None, "--country"),
        ("CET", None, "--country"),
        ("Europe/London", "UK", "The United Kingdom is GB"),
        ("Europe/London", "GBR", "ISO 3166"),
        ("Europe/London", "", "ISO 3166"),
        ("Europe/London", "ZZ", "ISO 3166"),
    ],
)
async def test_p1_no_country_is_made_up(store: Store, zone: str, country: str | None, remedy: str) -> None:
    with pytest.raises(SetupRefused) as refused:
        await add(store, zone, country)
    assert remedy in refused.value.remedy


async def test_p1_a_polish_number_is_dialled_in_poland(store: Store) -> None:
    desk = await open_desk(store, zone="Europe/Warsaw")
    await desk.say("P-1", "case.status", {"service": SERVICE, "status": "REC"})
    answer = await desk.party("P-1", channels=[{"channel": "sms", "address": "601234567"}])
    assert answer.notes == ()
    assert await numbers(desk) == ["+48601234567"]


async def numbers(desk: Desk) -> list[str]:
    return [row[0] for row in await desk.rows("SELECT normal FROM recipient ORDER BY id")]


async def test_p1_a_country_that_does_not_fit_is_said_before_going_live_and_can_be_changed(store: Store) -> None:
    desk = await open_desk(store, zone="Europe/Warsaw", country="GB")
    (line,) = await country_lines(desk)
    assert line.good and "lies in PL" in line.remedy and "tracker organisations country northwick PL" in line.remedy
    assert await countries.set_country(store, desk.office, "pl") == "PL"
    (line,) = await country_lines(desk)
    assert line.what == "The country (PL)" and line.remedy == ""
    assert [row.action for row in await desk.rows("SELECT action FROM audit")] == ["organisation.country"]
    with pytest.raises(SetupRefused):
        await countries.set_country(store, desk.office, "Poland")


async def country_lines(desk: Desk) -> list[going_live.Check]:
    office = await offices.organisation(desk.store, desk.office.slug)
    return [each for each in await going_live.checklist(desk.store, office, GOOD) if "country" in each.what]
