"""The demo's services speak all their languages: nothing left out, nothing left in English, every number the same."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from templates import languages
from tracker.commands.language_gaps import worded
from tracker.core.services.definitions import Definition
from tracker.core.services.files import read
from tracker.core.vocabulary.segments import segments

LANGUAGES = ["en", "cy", "es", "ar"]
"""Those whose words were read by these tests; what is asked of any language, `tracker languages` asks."""
FILES = sorted((Path(__file__).parents[2] / "templates" / "services").glob("*.toml"))

OUTSIDE_GSM7 = {("cy", "Mae'r gwasanaeth tân yn edrych ar eich cynlluniau")}
"""Headlines that double the price of an SMS though their language could do without: no other word will do."""


EVERY = [found for file in FILES for found in worded(tomllib.loads(file.read_text(encoding="utf-8")), file.stem)]
everywhere = pytest.mark.parametrize("said", [pytest.param(said, id=path) for path, said in EVERY])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_demo_service_is_good_and_has_every_language(file: Path) -> None:
    definition = read(file.read_text(encoding="utf-8"))
    assert isinstance(definition, Definition), definition
    assert [each for each in definition.languages if each in LANGUAGES] == LANGUAGES
    assert {*definition.languages} == {*languages.offered()}


def test_the_words_are_found() -> None:
    assert len(FILES) == 3
    assert {"missed-bin.name", "building-permit.stages[4].other", "benefit-claim.needs.bank.why"} <= {
        at for at, _ in EVERY
    }


@everywhere
def test_words_are_there_in_every_language_and_differ_in_each(said: Mapping[str, str]) -> None:
    assert {*said} == {*languages.offered()}
    assert len({said[language] for language in LANGUAGES}) == len(LANGUAGES), "a text was copied and not translated"


@everywhere
def test_numbers_and_addresses_are_the_same_in_every_language(said: Mapping[str, str]) -> None:
    facts = {language: re.findall(r"[\w.]+@[\w.]+\w|\d+(?: \d+)*", said[language]) for language in LANGUAGES}
    assert all(found == facts["en"] for found in facts.values()), facts


@everywhere
def test_letters_of_arabic_are_in_arabic_alone(said: Mapping[str, str]) -> None:
    assert [language for language in LANGUAGES if re.search("[\u0600-\u06ff]", said[language])] == ["ar"]


@pytest.mark.parametrize("said", [pytest.param(said, id=path) for path, said in EVERY if path.endswith(".headline")])
def test_a_headline_keeps_to_the_letters_of_text_messages(said: Mapping[str, str]) -> None:
    dear = {(language, said[language]) for language in LANGUAGES[:3] if segments(said[language]).encoding != "GSM-7"}
    assert dear <= OUTSIDE_GSM7
