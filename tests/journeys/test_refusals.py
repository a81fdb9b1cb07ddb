"""Mistakes on the command line: each ends in one plain sentence that says how to mend it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.journeys.processes import ROOT, assert_sentence, free_port, here, run, servers_in


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("PORT", "abc", "TRACKER_PORT"),
        ("PORT", "99999", "TRACKER_PORT"),
        ("POOL_SIZE", "0", "TRACKER_POOL_SIZE"),
        ("SECRET", "short", "32 characters"),
        ("LOG_LEVEL", "LOUD", "TRACKER_LOG_LEVEL"),
        ("DATABASE_URL", "nonsense", "postgresql+asyncpg://"),
        ("DATABASE_URL", "mysql://a/b", "postgresql+asyncpg://"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, setting: str, value: str, said: str) -> None:
    done = here("serve", "--data-dir", tmp_path / "data", **{f"TRACKER_{setting}": value})
    assert_sentence(done, said)
    assert value not in ("short",) or "short " not in done.stderr


def test_a_process_that_cannot_do_what_it_was_given_ends_with_a_sentence(tmp_path: Path) -> None:
    """What the other tests here call in their own process, as it is called by everybody else."""
    folder = tmp_path / "data"
    assert_sentence(run("serve", "--data-dir", folder, TRACKER_PORT="abc"), "TRACKER_PORT")
    nobody = run("serve", "--data-dir", folder, TRACKER_DATABASE_URL="postgresql+asyncpg://127.0.0.1:1/x")
    assert_sentence(nobody, "database cannot be reached")
    (log := tmp_path / "log.csv").write_text("a,b\n1,2\n")
    assert_sentence(run("replay", log, "--key", "x", "--url", "http://127.0.0.1:1"), "first line")


def test_a_secret_is_never_repeated(tmp_path: Path) -> None:
    done = here("serve", TRACKER_SECRET="hush-hush", TRACKER_DATABASE_URL="mysql://user:hushpass@h/x")
    assert_sentence(done, "TRACKER_SECRET", "TRACKER_DATABASE_URL")
    assert "hush" not in done.stderr + done.stdout


def test_a_data_directory_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("demo", "--port", free_port(), "--data-dir", tmp_path / "file")
    assert_sentence(done, str(tmp_path / "file"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "first line"),
        (b"a,b\n1,2\n", "first line"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"case_id,service,step,occurred_at,is_final\n1,s,a,yesterday,0\n", "line 2"),
        (b"case_id,service,step,occurred_at,is_final\n1,s,a,2024-01-01\n", "line 2"),
        (b"case_id,service,step,occurred_at,is_final\n", "no rows"),
    ],
)
def test_what_is_no_case_log_is_told_as_such(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    assert_sentence(here("replay", path, "--key", "x", "--url", "http://127.0.0.1:1"), said)


def test_definitions_are_checked_in_words(tmp_path: Path) -> None:
    services = ROOT / "templates" / "services"
    good = here("services", "validate", services)
    assert (good.returncode, good.stdout.count(": good")) == (0, len(list(services.glob("*.toml"))))

    text = (services / "building-permit.toml").read_text()
    polish = tmp_path / "polish.toml"
    polish.write_text(in_polish(text))
    half = here("services", "validate", polish)
    assert half.returncode == 0 and "good, with a warning" in half.stdout
    assert 'no words of their own in "pl"' in half.stdout

    faults = tmp_path / "faults.toml"
    faults.write_text(text.replace('waiting_on = "us"', 'waiting_on = "nobody"', 1).replace("opens = true", ""))
    assert_sentence(here("services", "validate", faults), "waiting_on", status=1)
    faults.write_text("service = ")
    assert_sentence(here("services", "validate", faults), "faults.toml", status=1)
    faults.write_bytes(b"\xff\xfe")
    assert_sentence(here("services", "validate", faults), "UTF-8")
    assert_sentence(here("services", "validate", tmp_path / "nowhere"), "does not exist")


def in_polish(text: str) -> str:
    """The same definition in a language that the pages lack, in the place of Welsh (P7)."""
    return re.sub(r"\bcy = ", "pl = ", text).replace('"cy"', '"pl"')


def test_definitions_are_applied_in_words(tmp_path: Path) -> None:
    folder, services = tmp_path / "data", ROOT / "templates" / "services"
    apply = ("services", "apply", services / "missed-bin.toml", "--data-dir", folder, "--organisation", "here")
    assert_sentence(run(*apply), "There is no organisation 'here'", "tracker organisations add")
    made = run("organisations", "add", "here", "--name", "Here Council", "--data-dir", folder)
    assert made.returncode == 0, made.stderr
    twice = run("organisations", "add", "here", "--name", "Here Council", "--data-dir", folder)
    assert_sentence(twice, "already")
    applied = run(*apply)
    assert (applied.returncode, "version 1" in applied.stdout) == (0, True)
    assert "version 1 already" in run(*apply).stdout
    (polish := tmp_path / "polish.toml").write_text(in_polish((services / "missed-bin.toml").read_text()))
    half = here("services", "apply", polish, "--data-dir", folder, "--organisation", "here")
    assert "version 2" in half.stdout and 'no words of their own in "pl"' in half.stdout
    faults = tmp_path / "faults.toml"
    faults.write_text((services / "missed-bin.toml").read_text().replace("opens = true", ""))
    refused = run("services", "apply", faults, "--data-dir", folder, "--organisation", "here")
    assert_sentence(refused, "opens")
    assert_sentence(run("keys", "add", "nobody", "--organisation", "here", "--data-dir", folder), "no source 'nobody'")
    zone = here("organisations", "add", "there", "--name", "x", "--zone", "Mars/Base", "--data-dir", folder)
    assert_sentence(zone, "IANA")
    nowhere = here("organisations", "add", "there", "--name", "x", "--zone", "UTC", "--data-dir", folder)
    assert_sentence(nowhere, "--country")  # P1: no country is made up
    changed = here("organisations", "country", "here", "PL", "--data-dir", folder)
    assert (changed.returncode, "those of PL" in changed.stdout) == (0, True)
    assert servers_in(folder) == []
