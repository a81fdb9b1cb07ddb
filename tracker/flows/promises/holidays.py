"""The days on which an office works: Monday to Friday, less the public holidays of where it is."""

from __future__ import annotations

from functools import cache

from tracker.core.vocabulary.calendars import WEEKDAYS, WorkingDays

# The library is imported when a definition asks for it: most commands never do, and it takes a tenth of a second.


@cache
def working_days(place: str | None) -> WorkingDays:
    """The working days of a country or a part of it (ISO 3166: GB, GB-ENG, ES-MD); where none is named, Monday to
    Friday, and for one that is not known: definitions that name such a place are refused."""
    if place is None:
        return WEEKDAYS
    import holidays

    country, _, part = place.partition("-")
    try:
        return WorkingDays(place, holidays.country_holidays(country, subdiv=part or None))
    except NotImplementedError:
        return WEEKDAYS


@cache
def places() -> frozenset[str]:
    """Every place that `working_days` knows."""
    import holidays

    found = holidays.list_supported_countries(include_aliases=False)
    return frozenset({*found, *(f"{country}-{part}" for country, parts in found.items() for part in parts)})
