"""The people of the demo: made up, in four languages, some reached by text."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

NAMES = {
    "en": ("Alex Sam Nadia Tom Grace Ravi Ewa Mei Noah Chloe", "Morgan Okafor Rahman Price Walsh Patel Kowalska Chen"),
    "cy": ("Rhys Megan Gareth Cerys Owain Non", "Evans Powell Griffiths Rees Pritchard"),
    "es": ("Ana Luis Carmen Diego Marta Pablo", "Silva García Ortega Ramos Vega Núñez"),
    "ar": ("ليلى عمر سارة يوسف مريم حسن", "حداد منصور خوري صالح نصار"),
}
"""First names and family names by language."""

_SHARES = (("en", 62), ("cy", 12), ("es", 14), ("ar", 12))
POSTCODES = ("NW4 2BC", "NW4 7QT", "NW5 1AA", "NW6 3DF", "NW7 2PL", "NW9 5TU")


@dataclass(frozen=True, slots=True)
class InventedPerson:
    """Somebody who waits, as a back office would tell of them. `fact`: the second detail that opens the page."""

    name: str
    language: str
    channels: tuple[tuple[str, str], ...]
    fact: str
    sensitive: bool = False

    def event_data(self) -> dict[str, object]:
        """The data of the event that says who they are."""
        return {
            "party": "1",
            "role": "applicant",
            "name": self.name,
            "known_fact": self.fact,
            "language": self.language,
            "channels": [{"channel": channel, "address": address} for channel, address in self.channels],
        }


def somebody(dice: random.Random, place: int, *, texts: float, postcode: bool) -> InventedPerson:
    """The person of this number; `texts`: how likely they are reached by text. Addresses can belong to nobody:
    example.org, and the numbers that Ofcom keeps for drama."""
    language = dice.choices([code for code, _ in _SHARES], [share for _, share in _SHARES])[0]
    first, last = (dice.choice(names.split()) for names in NAMES[language])
    mail = ("email", f"{_latin(first)}.{place}@example.org")
    phone = ("sms", f"07700 900{place % 1000:03}")
    channels = (phone,) if dice.random() < texts else (mail, phone) if dice.random() < 0.2 else (mail,)
    born = date(1941, 1, 1) + timedelta(days=dice.randrange(23_000))
    fact = dice.choice(POSTCODES) if postcode else born.isoformat()
    return InventedPerson(f"{first} {last}", language, channels, fact, dice.random() < 0.01)


def _latin(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return plain or "person"
