"""A case log through the intake: once, twice and shuffled."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.journeys.processes import assert_sentence, demo, here, run


def made_up_log(folder: Path) -> Path:
    """Six cases of two services over ten weeks."""
    steps = ["received", "checked", "more_info_requested", "decided"]
    lines = ["case_id,service,step,occurred_at,is_final"]
    for case in range(6):
        service = ("permit", "objection")[case % 2]
        day = datetime(2024, 1, 8, 9) + timedelta(days=3 * case)  # noqa: DTZ001 - a log has times without a zone
        for place, step in enumerate(steps[: 2 + case % 3]):
            at = day + timedelta(days=9 * place, minutes=11 * case)
            written = at.date().isoformat() if case == 5 else at.isoformat()
            lines.append(f"C-{case},{service},{step},{written},{int(step == 'decided')}")
    path = folder / "made_up.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def prepared(log: Path, folder: Path) -> str:
    """The key of a new sandbox organisation for the log."""
    made = run("replay", log, "--prepare", "--zone", "Europe/Amsterdam", "--data-dir", folder)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip().splitlines()[-1]


def counted(output: str) -> dict[str, dict[str, int]]:
    """The report of a replay: figures by heading."""
    found: dict[str, dict[str, int]] = {}
    heading = ""
    for line in output.splitlines():
        if match := re.fullmatch(r"(\S.*): (\d+)", line):
            heading = match[1]
            found[heading] = {"": int(match[2])}
        elif match := re.fullmatch(r"  (.*): (\d+)", line):
            found[heading][match[1]] = int(match[2])
    return found


def test_a_case_log_goes_in_once_twice_and_shuffled(tmp_path: Path) -> None:
    log, folder = made_up_log(tmp_path), tmp_path / "data"
    rows = len(log.read_text().splitlines()) - 1
    with demo(folder) as running:
        send = ("replay", log, "--url", running.url, "--zone", "Europe/Amsterdam", "--key")
        key = prepared(log, folder)
        once = run(*send, key)
        assert once.returncode == 0, once.stderr
        first = counted(once.stdout)
        assert first["Events sent"][""] == rows + 6
        assert first["Events sent"].get("applied", 0) + first["Events sent"].get("late", 0) == rows + 6
        assert first["Cases"][""] == 6
        assert first["Messages by purpose"][""] > 0

        again = counted(run(*send, key).stdout)
        assert again["Events sent"] == {"": rows + 6, "duplicate": rows + 6}
        assert {name: again[name] for name in again if name != "Events sent"} == {
            name: first[name] for name in first if name != "Events sent"
        }

        other = prepared(log, folder)
        mixed = run(*send, other, "--shuffle", 7)
        assert mixed.returncode == 0, mixed.stderr
        shuffled = counted(mixed.stdout)
        assert shuffled["Cases"] == first["Cases"]
        assert shuffled["Entries by place"] == first["Entries by place"]
        assert case_rows(running.url, key, log) == case_rows(running.url, other, log)

        few = counted(run(*send, prepared(log, folder), "--limit", 2).stdout)
        assert few["Cases"][""] == 2

        assert_sentence(run(*send, "wrong"), "401", "API key")
    assert_sentence(here("replay", log, "--url", "nonsense", "--key", "x"), "--url")


def case_rows(url: str, key: str, log: Path) -> list[dict[str, Any]]:
    """What the page of each case says, whoever's it is: found by sending its first event again."""
    found = []
    first: dict[str, list[str]] = {}
    for line in log.read_text().splitlines()[1:]:
        first.setdefault(line.split(",")[0], line.split(","))
    for number, (_, service, step, at, _final) in sorted(first.items()):
        local = datetime.fromisoformat(at)
        dated = {"occurred_on": at} if len(at) == 10 else {}
        time_ = (local.replace(hour=17) if dated else local).isoformat() + "+01:00"
        event = {
            "id": f"{number}-0",
            "source": "case-log",
            "subject": number,
            "time": time_,
            "type": "case.status",
            "sequence": 0,
            "data": {"service": service, "status": step, **dated},
        }
        answer = httpx.post(f"{url}/api/v1/events", json=event, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 200, answer.text
        asked = {"reference": answer.json()["reference"], "known_fact": number}
        told = httpx.post(f"{url}/api/v1/track", json=asked).json()
        kept = ("service", "stage", "state", "outcome", "waiting_on", "clock", "needs", "history", "last_reported_at")
        found.append({name: told[name] for name in kept})
    return found
