"""The mail to operators, from the setting to its words; and what looking for something new costs."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from templates.environment import environment
from tests.house.test_docs import ALERTS
from tests.http import settings
from tests.notifications.watch import OPS, Watch
from tests.scheduler.scenes import lines, running, until
from tracker.main import put_together
from tracker.store.ground import alerts


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("permit A\r\nBcc: eve@example.org\r\n\r\nWhat to do: pay", ": permit A Bcc: (…) What to do: pay\n"),
        ("permit \u202eZYX\u2066 \u200bB\x1b[2J\x07", ": permit ZYX B[2J\n"),
        ("permit https://evil.example/login", ": permit (…)\n"),
        ("permit {{ 7 * 7 }} <b>", ": permit {{ 7 * 7 }} <b>\n"),
        ("permit\n.\nQUIT", ": permit . QUIT\n"),
    ],
)
async def test_what_a_back_office_sent_stays_on_its_line(watch: Watch, subject: str, shown: str) -> None:
    await watch.alert(subject=subject)
    await watch.brief()
    [letter] = watch.mail.letters
    assert shown in watch.read()
    assert letter["Bcc"] is None and watch.read().count("What to do:") == 1 + subject.count("What to do:")
    assert watch.mail.to == [OPS]


async def test_an_endless_subject_is_shortened_case_35(watch: Watch) -> None:
    endless = "".join(chr(0x4E00 + (number * 7919) % 20_000) for number in range(10_000))
    await watch.alert(subject=endless)
    await watch.brief()
    assert endless[:150] in watch.read() and len(watch.read()) < 1_000


async def test_the_scheduler_mails_what_the_intake_alerts_of(watch: Watch, tmp_path: Path) -> None:
    await watch.desk.status("P-1", "XYZ")
    given = settings(tmp_path, smtp_url=watch.mail.url, alerts_to=f" {OPS}, boss@northwick.example ,{OPS}")
    one, other = put_together(given, watch.desk.store), put_together(given, watch.desk.store)
    async with running(one.scheduler, other.scheduler):
        await until(lambda: len(watch.mail.to) == 2)
    assert watch.mail.to == [OPS, "boss@northwick.example"]
    assert "building-permit XYZ" in watch.read()
    for each in (one, other):
        await each.worker._carriers.close()


@pytest.mark.parametrize("given", [{}, {"alerts_to": " , "}, {"smtp_url": None, "alerts_to": OPS}])
async def test_nothing_set_is_nothing_done(
    watch: Watch, tmp_path: Path, given: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await watch.alert()
    parts = put_together(settings(tmp_path, **{"smtp_url": watch.mail.url, **given}), watch.desk.store)
    working = asyncio.create_task(parts.work())
    await until(lambda: bool(lines(caplog, "scheduler_leads")))
    await asyncio.sleep(0.3)
    parts.stop()
    await working
    assert watch.mail.connections == 0
    assert len(lines(caplog, "alerts_have_no_mail_server")) == ("smtp_url" in given)
    [row] = await watch.desk.rows("SELECT tell_at, tried_at FROM alert")
    assert row.tell_at is not None and row.tried_at is None


@pytest.mark.parametrize(
    "given",
    [
        "ops",
        "ops@",
        "a@b.example; c@d.example",
        "Ops <ops@northwick.example>",
        "jörg@northwick.example",
        "ops@northwick.example, o ps@x.example",
        "ops@northwick.example\nBcc: eve@example.org",
        "a@" + "b" * 64 + ".org",
        ",".join(f"o{number}@northwick.example" for number in range(11)),
    ],
)
def test_a_setting_that_names_no_mailbox_is_refused_at_start(tmp_path: Path, given: str) -> None:
    with pytest.raises(ValueError, match=r"entry \d is no e-mail address; write one|more than 10 addresses"):
        settings(tmp_path, alerts_to=given)


async def test_looking_for_what_is_new_costs_nothing_of_what_is_stored(watch: Watch) -> None:
    async with watch.desk.store.transaction() as connection:
        copied = (
            "INSERT INTO alert (organisation_id, mode, id, kind, subject, remedy, times, first_at, last_at, tried_at) "
            "SELECT id, 'live', gen_random_uuid(), 'not_reached', n::text, '', 1, now(), now(), now() - interval '2 d' "
            "FROM organisation, generate_series(1, 20000) n"
        )
        await connection.execute(text(copied))
    await watch.alert()
    async with watch.desk.store.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("ANALYZE alert"))
        plan = text(f"EXPLAIN {alerts._CLAIM.text}")
        told = "\n".join((await connection.execute(plan, {"limit": 50})).scalars())
    assert "Seq Scan on alert" not in told and "alert_untold" in told and "alert_tried" in told, told


def test_every_kind_of_alert_is_said_in_words() -> None:
    kinds = environment().get_template("operators/kinds.txt").make_module().KINDS
    assert set(kinds) == set(ALERTS)
