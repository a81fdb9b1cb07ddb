"""The commands of an operator that decide about people: going live, and forgetting."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.processes import run

SET = {"TRACKER_SMTP_URL": "smtp://127.0.0.1:9", "TRACKER_SECRET": "x" * 32}


def test_an_office_that_is_not_ready_is_told_what_to_do_and_stays_in_sandbox(tmp_path: Path) -> None:
    here = ("--data-dir", tmp_path / "data")
    assert run("organisations", "add", "northwick", "--name", "Northwick Council", *here, **SET).returncode == 0
    looked = run("organisations", "go-live", "northwick", *here, **SET)
    assert looked.returncode == 1, looked.stderr
    assert "good   In sandbox" in looked.stdout
    assert "TO DO  A service" in looked.stdout
    assert "tracker services apply FOLDER --organisation northwick" in looked.stdout
    assert "TRACKER_PUBLIC_URL" in looked.stdout
    assert "0 open cases would be adopted" in looked.stdout
    refused = run("organisations", "go-live", "northwick", "--yes", *here, **SET)
    assert refused.returncode == 2
    assert "northwick cannot go live yet; nothing has changed." in refused.stderr
    assert "good   In sandbox" in refused.stdout
    unknown = run("forget", "CDFG-HJKM-NPR3", "--organisation", "northwick", *here, **SET)
    assert unknown.returncode == 2
    assert "no request of this reference" in unknown.stderr or "does not add up" in unknown.stderr
