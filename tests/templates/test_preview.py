"""An office reads its words before anyone else does: every message on one page, and nothing leaves."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from templates.environment import ROOT, message
from tests.office import DEFINITION
from tests.templates.samples import OUTREACH
from tracker.cli import app
from tracker.commands import previewing
from tracker.core.answers import examples
from tracker.core.answers.examples import Letterhead
from tracker.core.services import files
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary import references
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.words import Outcome, WaitingOn

SERVICES = sorted((ROOT / "services").glob("*.toml"))
TODAY = date(2026, 3, 2)


def preview(into: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["message", "preview", "--into", str(into), *words])


def defined(file: Path) -> Definition:
    read = files.read(file.read_text(encoding="utf-8"))
    assert isinstance(read, Definition)
    return read


@pytest.mark.parametrize("file", SERVICES, ids=lambda file: file.stem)
def test_every_purpose_and_every_stage_that_is_told_has_an_example(file: Path) -> None:
    definition = defined(file)
    found = list(examples.of_definition(definition, Letterhead("Northwick Council"), "en", TODAY))
    purposes = (
        definition.outreach.purposes if definition.feedback.ask else definition.outreach.purposes - {Purpose.FEEDBACK}
    )
    if definition.statutory is None:
        purposes -= {Purpose.LIMIT_PASSED}
    if not any(each.outcome is Outcome.MERGED for each in definition.stages):
        purposes -= {Purpose.SURVIVOR_ENDED}
    assert {each.facts.purpose for each in found} == purposes
    assert {each.stage for each in found} >= {stage.code for stage in definition.stages if stage.tell}
    for each in found:
        stage = definition.stage(each.stage)
        assert stage is not None and (each.facts.ours or each.facts.headline == stage.headline["en"])
        assert bool(each.facts.needs) == (each.facts.purpose in ("action_needed", "reminder", "deadline_passed"))
        assert stage.waiting_on is not WaitingOn.YOU or each.facts.purpose != "updated"
        assert references.read(each.facts.reference) is None, "an example leads to nobody's request"


def test_the_page_has_every_language_and_channel_beside_one_another(tmp_path: Path) -> None:
    done = preview(tmp_path / "p.html", "--service", str(SERVICES[0]), "--name", "Riverton Council")
    assert done.exit_code == 0 and "nothing was sent" in done.output
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    row = page.split("Action needed, in the stage evidence_needed")[1].split("</section>")[0]
    assert re.findall(r"<h4>(.*?)</h4>", row) == [
        f"{channel}, {language}" for language in ("en", "cy", "es", "ar") for channel in ("E-mail", "Text message")
    ]
    assert row.count("<iframe") == 8 and row.count('sandbox=""') == 8
    assert "1 segment, GSM-7, " in row and "It costs 0.040 GBP." in row and "2 segments, UCS-2, " in row
    assert "Riverton Council: " in row and "Northwick" not in page
    assert not re.search(r"<script|\bsrc=|@import|url\(", page)
    assert "default-src 'none'" in page


def test_the_character_that_makes_a_text_cost_double_is_named(tmp_path: Path) -> None:
    file = tmp_path / "service.toml"
    worded = re.sub(r'(?m)^headline\.cy = ".*"$', 'headline.cy = "Dŵr’n dod"', SERVICES[1].read_text(encoding="utf-8"))
    file.write_text(worded, encoding="utf-8")
    assert preview(tmp_path / "p.html", "--service", str(file), "--language", "cy").exit_code == 0
    page = unescape((tmp_path / "p.html").read_text(encoding="utf-8"))
    assert "These make it cost double:</span> ŵ (U+0175 LATIN SMALL LETTER W WITH CIRCUMFLEX)." in page


def test_less_is_shown_when_less_is_asked_for(tmp_path: Path) -> None:
    chosen = ("--language", "es", "--language", "ar", "--purpose", "finished", "--purpose", "delayed")
    assert preview(tmp_path / "p.html", *chosen).exit_code == 0
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert set(re.findall(r"<h4>(?:E-mail|Text message), (.*?)</h4>", page)) == {"es", "ar"}
    assert set(re.findall(r"<h3[^>]*>(\w+)", page)) == {"Finished", "Delayed"}
    assert page.count("<h2>") == len(SERVICES)


def test_what_cannot_be_shown_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("service = 3", encoding="utf-8")
    done = preview(tmp_path / "p.html", "--service", str(broken))
    assert done.exit_code != 0 and f"{broken} has 7 faults" in str(done.exception)
    assert preview(tmp_path / "p.html", "--service", str(broken), "--case", "X").exit_code == 2
    assert not (tmp_path / "p.html").exists()


@pytest.mark.parametrize("purpose", [*Purpose, "generic"])
def test_an_e_mail_says_how_it_looks_in_the_dark_and_the_preview_shows_it(purpose: str) -> None:
    html = message(purpose, "ar", "html.html", replace(OUTREACH, purpose=purpose, language="ar"))
    assert '<meta name="color-scheme" content="light dark">' in html
    dark = previewing._DARK.sub("@media all", html)
    assert dark != html and "prefers-color-scheme" not in dark
    used = set(re.findall(r'class="([\w ]+)"', html))
    styled = set(re.findall(r"\.(\w+)", html.split("<style>")[1].split("</style>")[0]))
    assert {name for names in used for name in names.split()} <= styled, "every class has its dark colours"


def test_the_sample_office_is_one_of_ours() -> None:
    assert SERVICES[1].read_text(encoding="utf-8") == DEFINITION
