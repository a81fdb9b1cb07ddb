"""Names that were kept before there was one form for all spellings (P5) are found at the desk after the update."""

from __future__ import annotations

import importlib
import tomllib
from pathlib import Path
from typing import Any

from sqlalchemy import text

from tests.desk_staff import case_id, signed_in
from tests.http import Site
from tracker.core.vocabulary.addresses import name_words, name_words_before

CORPUS: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[2] / "core" / "vocabulary" / "known_facts.toml").read_text(encoding="utf-8")
)
NAMES = [fact for each in CORPUS["same"] if each["kind"] == "surname" for fact in each["facts"]]
MIGRATION = importlib.import_module("migrations.versions.0010_names_in_one_form")


async def kept_before(site: Site, words: list[str]) -> None:
    """The one party, as an earlier release kept the words of its name."""
    await site.desk.change("UPDATE party SET words = :words", words=words)


async def folded(site: Site) -> list[str]:
    """What the migration makes of the words of the one party."""
    async with site.desk.store.transaction() as connection:
        await connection.execute(text(MIGRATION._FOLDED))
    return list((await site.desk.rows("SELECT words FROM party"))[0].words)


async def test_p5_the_migration_folds_as_the_code_does(site: Site) -> None:
    await site.case()
    for name in NAMES:
        before = name_words_before(name)
        await kept_before(site, before)
        expected = {word for each in before for word in name_words(each)}
        assert set(await folded(site)) == expected, name


async def test_p5_a_name_of_an_earlier_release_is_found_by_every_spelling(site: Site) -> None:
    await site.case(name="Lech Wałęsa")
    await kept_before(site, name_words_before("Lech Wałęsa"))
    async with signed_in(site.app, site.desk) as agent:
        here = f"/desk/cases/{await case_id(site.desk)}"
        assert (await agent.search("wałęsa")).url.path == here, "before the update reaches the row, as ever"
        await folded(site)
        assert (await agent.search("walesa lech")).url.path == here


async def test_p5_a_name_whose_marks_were_dropped_is_still_found(site: Site) -> None:
    await site.case(name="Йосиф")
    await kept_before(site, name_words_before("Йосиф"))
    await folded(site)
    async with signed_in(site.app, site.desk) as agent:
        assert (await agent.search("йосиф")).url.path == f"/desk/cases/{await case_id(site.desk)}"
