"""The demo, run as the README says: a process, its output, its end."""

from __future__ import annotations

import signal
import time
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from tests.journeys.conftest import words
from tests.journeys.processes import (
    assert_sentence,
    demo,
    free_port,
    outbox,
    report,
    run,
)


def test_the_demo_from_its_first_start_to_its_last(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with demo(folder) as first:
        told = first.told
        assert set(told) >= {"url", "outbox_url", "source", "cases", "now"}
        assert told["outbox_url"] == f"{told['url']}/outbox"
        assert set(told["source"]) >= {"key", "source", "register", "service", "statuses"}
        assert all(set(case) >= {"reference", "known_fact", "service", "number"} for case in told["cases"])
        assert len(told["cases"]) >= 6
        assert told["cases"][0]["service"] == told["source"]["service"]
        assert datetime.fromisoformat(told["now"]).utcoffset() == timedelta(0)
        assert len({case["reference"] for case in told["cases"]}) == len(told["cases"])

        for case in told["cases"]:
            asked = {"reference": case["reference"], "known_fact": case["known_fact"]}
            assert httpx.post(f"{first.url}/api/v1/track", json=asked).status_code == 200
            page = httpx.post(f"{first.url}/track", data=asked)
            assert case["reference"] in words(page.text)
        for path in ("/", "/demo", "/track", "/healthz", "/outbox", "/api/v1/openapi.json"):
            assert httpx.get(f"{first.url}{path}").status_code == 200
        assert len(outbox(first.url)) > 5

        case = told["cases"][0]
        before = len(outbox(first.url, reference=case["reference"]))
        begun = time.monotonic()
        answer = report(told, status="ASSESS", at=told["now"], id_="try-1")
        assert (answer.status_code, answer.json()["outcome"]) == (202, "applied")
        while len(outbox(first.url, reference=case["reference"])) == before:
            assert time.monotonic() - begun < 2
            time.sleep(0.02)  # the message is carried by another process
        print(f"ready in {first.seconds:.1f} s; from event to outbox {time.monotonic() - begun:.2f} s")
        busy = run("demo", "--port", first.url.rsplit(":", 1)[1], "--data-dir", tmp_path / "other")
        assert_sentence(busy, "is in use", "--port")

    with demo(folder, how=signal.SIGTERM) as second:
        assert second.told["cases"] == told["cases"]
        assert second.told["source"] == told["source"]
        assert second.seconds < 15
        asked = {"reference": case["reference"], "known_fact": case["known_fact"]}
        shown = httpx.post(f"{second.url}/api/v1/track", json=asked).json()
        assert shown["stage"]["code"] == "assessing"
        again = report(second.told, status="ASSESS", at=told["now"], id_="try-1")
        assert (again.status_code, again.json()["outcome"]) == (200, "duplicate")
        assert len(outbox(second.url, reference=case["reference"])) == before + 1
        print(f"ready again in {second.seconds:.1f} s")

    with demo(folder, "--fresh") as third:
        assert {case["reference"] for case in third.told["cases"]}.isdisjoint(
            case["reference"] for case in told["cases"]
        )
        assert third.told["source"]["key"] != told["source"]["key"]


def test_a_fresh_demo_deletes_nothing_that_no_demo_made(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    refused = run("demo", "--fresh", "--port", free_port(), "--data-dir", folder)
    assert_sentence(refused, "not deleted")
    assert (folder / "thesis.txt").read_text() == "years of work"
