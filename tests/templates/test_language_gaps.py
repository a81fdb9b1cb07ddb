"""`tracker languages`: what is offered is complete, and whatever a language lacks is named, with its file."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from typer.testing import CliRunner

from templates import languages, phrases
from templates.environment import ROOT
from tracker.cli import app
from tracker.commands.language_gaps import begun, gaps

NOBODYS, UNKNOWN = "syr", "tlh"
"""Languages that nobody will add: one of which dates and plurals are known, and one of which nothing is."""

CATALOGUE = "locales/cy/LC_MESSAGES/interface.po"


@pytest.mark.parametrize("code", begun())
def test_every_language_of_which_there_is_something_is_complete(code: str) -> None:
    assert [str(gap) for gap in gaps(code).gaps] == []


def test_all_that_stands_in_english_is_asked_of_a_new_language() -> None:
    looked = gaps(NOBODYS)
    services = len(list((ROOT / "services").glob("*.toml")))
    assert len(looked.gaps) == looked.texts + services, "each text, and that each service speaks it"
    assert {gap.wrong for gap in looked.gaps} == {"missing", f'"{NOBODYS}" is not among them'}
    assert {gap.file for gap in looked.gaps} >= {
        f"templates/locales/{NOBODYS}/LC_MESSAGES/interface.po",
        f"templates/messages/generic/{NOBODYS}/lead.txt",
        f"templates/words/{NOBODYS}.toml",
        "templates/services/missed-bin.toml",
    }
    assert sum(f"/{NOBODYS}/LC_MESSAGES/" in gap.file for gap in looked.gaps) == len(phrases.wanted())


def test_a_language_is_not_taken_for_another_because_nothing_is_known_of_it() -> None:
    assert "Babel does not know this language" in gaps(UNKNOWN).gaps[0].wrong


def run(*words: str, templates: Path) -> tuple[int, list[str]]:
    """The command in a process of its own, with these templates: its status, and what it printed, line by line."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(templates.parent), str(ROOT.parent)])}
    command = [sys.executable, "-m", "tracker.cli", "languages", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, cwd=templates.parent)
    return done.returncode, done.stdout.splitlines()


def test_the_command_says_how_complete_each_language_is() -> None:
    done = CliRunner().invoke(app, ["languages"])
    assert done.exit_code == 0
    assert [re.sub(r"\d+", "N", line) for line in done.stdout.splitlines()] == [
        f"{code} ({languages.own_name(code)}): complete, N texts." for code in begun()
    ]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The templates, to spoil."""
    shutil.copytree(ROOT, tmp_path / "templates", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "templates"


def change(file: Path, before: str, after: str) -> None:
    """Write something else in the place of what stands there once."""
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{before} in {file}: {text.count(before)} times"
    file.write_text(text.replace(before, after), encoding="utf-8")


def phrase(catalogue: Catalog, english: str) -> Message:
    """A phrase of a catalogue."""
    found = catalogue.get(english)
    assert found is not None, english
    return found


def spoil_the_catalogue(file: Path) -> dict[str, str]:
    """One fault of each kind, by the phrase."""
    with file.open("rb") as opened:
        catalogue = read_po(opened, locale="cy")
    plural = next(each for each in catalogue if each.pluralizable)
    tagged = next(each for each in catalogue if "<" in str(each.id) and not each.pluralizable)
    catalogue.delete("Answer one question")
    for english, said in (
        ("Request:", ""),
        ("on %(day)s", "ar y dydd"),
        ("at %(time)s on %(day)s", "am %(time)s ar %(day)s, 100%"),
        ("What you need to do", "Beth sydd angen i chi ei wneud "),
        ("Your reference:", "Eich cyfeirnod"),
        (str(tagged.id), re.sub("<.*?>", "", str(tagged.string))),
    ):
        phrase(catalogue, english).string = said
    phrase(catalogue, "From the office:").flags.add("fuzzy")
    plural.string = ("dim",) * catalogue.num_plurals
    catalogue.add("Nobody says this", "Does neb yn dweud hyn")
    with file.open("wb") as opened:
        write_po(opened, catalogue, width=0)
    with file.open("a", encoding="utf-8") as opened:
        opened.write('\n#~ msgid "Said long ago"\n#~ msgstr "Amser maith yn ôl"\n')
    change(file, "(n==1 ? 1 : n==2 ? 2 : n==3 ? 3 : n==6 ? 4 : 0)", "(n==1 ? 0 : n==2 ? 1 : n==3 ? 2 : n==6 ? 3 : 4)")
    return {
        '"Plural-Forms"': "not the rule",
        '"Answer one question"': "missing",
        '"Request:"': "missing",
        '"From the office:"': "doubtful",
        '"on %(day)s"': "not the same placeholders: %(day)s",
        '"at %(time)s on %(day)s"': "a % that is no placeholder",
        '"What you need to do"': "spaces",
        '"Your reference:"': "no mark at its end",
        f'"{tagged.id}"': "not the same tags",
        f'"{plural.id[0]}"': "does not say %(count)s",
        '"Nobody says this"': "no template says this",
        '"Said long ago"': "no template says this",
    }


def spoil_the_messages(folder: Path) -> dict[str, str]:
    """One fault of each kind, by purpose and part."""
    (folder / "updated" / "cy" / "sms.txt").unlink()
    (folder / "reminder" / "cy" / "lead.txt").write_text("\n")
    shutil.copy(folder / "finished" / "en" / "lead.txt", folder / "finished" / "cy" / "lead.txt")
    change(
        folder / "feedback" / "cy" / "sms.txt",
        "{% block quiet %}\n",
        "{% block quiet %}\n{% if facts.note %}{% endif %}\n",
    )
    change(folder / "date_changed" / "cy" / "subject.txt", "{% block news %}", "{% block news %}{{ facts.note }}")
    change(folder / "still_working" / "cy" / "sms.txt", "{% block core %}", "{% block core %}{{ nobody }}")
    change(folder / "corrected" / "cy" / "sms.txt", "{% block core %}", "{% block core %}" + "x" * 330)
    return {
        "updated/cy/sms.txt": "missing",
        "reminder/cy/lead.txt": "missing",
        "finished/cy/lead.txt": "the same as in English",
        "feedback/cy/sms.txt": "not the same steps",
        "date_changed/cy/subject.txt": "not the same facts",
        "still_working/cy/sms.txt": "it cannot be rendered: 'nobody' is undefined",
        "corrected/cy/sms.txt": "an SMS of it takes",
    }


def spoil_our_words(folder: Path) -> dict[str, str]:
    """One fault of each kind, by table and key. A reason for which there are no words at all is missed, too."""
    file = folder / "cy.toml"
    text = file.read_text(encoding="utf-8")
    for key, said in (
        ("high_demand", ""),
        ("staff_shortage", 'staff_shortage = " "\n'),
        ("waiting_for_you", 'waiting_for_you = "We are waiting for something from you."\n'),
        ("system_problem", f'system_problem = "{"x" * 121}"\n'),
        (r"meaning(?= = .*\nnext = .*\n\n\[arrived)", ""),
        ("unworded", "unworded = 7\n"),
        ("stop", "stop = []\n"),
        ("start", 'start = ["dechrau", "STOP", "?"]\nagain = ["eto"]\n'),
    ):
        text, times = re.subn(rf"(?m)^{key} = .*\n", said, text)
        assert times == 1, key
    file.write_text(text, encoding="utf-8")
    for each in ("cy", "en"):
        change(
            folder / f"{each}.toml",
            re.findall(r"(?m)^more_checks = .*\n", (folder / f"{each}.toml").read_text())[0],
            "",
        )
    return {
        "delay_reasons.high_demand": "missing",
        "delay_reasons.staff_shortage": "missing",
        "delay_reasons.waiting_for_you": "the same as in English",
        "delay_reasons.system_problem": "the text has 121 characters; 120 fit",
        "delay_reasons.more_checks": "missing",
        "checking.meaning": "missing",
        "needs.unworded": "missing",
        "texts.stop": "missing",
        "texts.start": "as a whole text these are read as something else: STOP, ?",
        "texts.again": "nothing asks for it",
    }


def spoil_a_service(file: Path) -> dict[str, str]:
    """One fault of each kind, by the place in the file."""
    change(file, 'languages = ["en", "cy", ', 'languages = ["en", ')
    change(file, 'cy = "Cais am fudd-dal"\n', "")
    change(file, 'label.cy = "Eich dyddiad geni"', 'label.cy = "Your date of birth"')
    change(file, "ffoniwch Money Advice ar 01632 960 315", "ffoniwch Money Advice ar 01632 960 351")
    change(file, 'headline.cy = "Mae eich cais gyda ni"', f'headline.cy = "{"x" * 101}"')
    return {
        "languages": '"cy" is not among them',
        "name.cy": "missing",
        "known_fact.label.cy": "the same as in English",
        "appeal.cy": "not the same telephone numbers",
        "stages[0].headline.cy": "the headline takes 101 characters",
    }


def test_a_gap_of_every_kind_is_named_with_its_file_and_nothing_else(copied: Path) -> None:
    planted = {
        **{f"{CATALOGUE}: {what}": wrong for what, wrong in spoil_the_catalogue(copied / CATALOGUE).items()},
        **{f"messages/{what}": wrong for what, wrong in spoil_the_messages(copied / "messages").items()},
        **{f"words/cy.toml: {what}": wrong for what, wrong in spoil_our_words(copied / "words").items()},
        **{
            f"services/benefit-claim.toml: {what}": wrong
            for what, wrong in spoil_a_service(copied / "services" / "benefit-claim.toml").items()
        },
    }
    status, said = run("cy", templates=copied)
    assert status == 1
    for what, wrong in planted.items():
        [named] = [line for line in said if line.startswith(f"templates/{what}: ")] or ["nothing"]
        assert wrong in named, f"{what}: {named}"
    assert len(said) == len(planted) + 1, [line for line in said if not line.startswith(tuple(planted))]
    assert said[-1].startswith(f"cy (Cymraeg): {len(planted)} things to do, of ")
    status, said = run(templates=copied)
    assert status == 1 and len(said) == len(begun())


def test_a_file_that_cannot_be_read_is_named_before_anything_else(copied: Path) -> None:
    (copied / "words" / "es.toml").write_text('[checking]\nheadline = "Hay\n')
    status, said = run("cy", templates=copied)
    assert status == 1 and said[0].startswith("templates/words/es.toml: it cannot be read: ") and len(said) == 2


def test_what_is_not_the_code_of_a_language_is_refused() -> None:
    assert CliRunner().invoke(app, ["languages", "../en"]).exit_code == 2
