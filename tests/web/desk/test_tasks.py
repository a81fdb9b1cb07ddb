"""What no message could say is a task for staff, listed by its day and done on record (P9)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.desk_staff import case_id, signed_in
from tests.http import Site
from tests.office import START, open_desk
from tracker.core.outreach.timing import by_hand_on
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode
from tracker.store.outreach import tasks
from tracker.store.outreach.tasks import TaskKind


async def add(site: Site, cause: str, due_on: date) -> bool:
    """A task about the newest case."""
    scope, case = Scope(site.desk.office.id, Mode.LIVE), await case_id(site.desk)
    async with site.desk.store.transaction() as connection:
        kind = TaskKind.TELL_BY_HAND
        return await tasks.add_task(connection, scope, case, kind=kind, cause=cause, due_on=due_on, now=START)


async def test_tasks_are_listed_by_day_and_done_once_by_whom_and_when(site: Site) -> None:
    await site.case()
    ((key,),) = await site.desk.rows("SELECT key FROM message LIMIT 1")
    case, day = await case_id(site.desk), START.date()
    later, sooner = day + timedelta(days=9), day - timedelta(days=1)
    assert [await add(site, key, later), await add(site, "soon", sooner), await add(site, key, sooner)] == [
        True,
        True,
        False,
    ]
    async with signed_in(site.app, site.desk) as ann:
        await ann.get("/desk/tasks")
        assert ann.words.index("It was due by 1 March") < ann.words.index("By 11 March")
        assert "Alex" not in ann.words and ann.text.count("autofocus") == 1
        await ann.open(case, why="casework")
        assert "This did not arrive: We have your request" in ann.words
        ((id_, account),) = await site.desk.rows(
            "SELECT t.id, a.id FROM task t CROSS JOIN account a WHERE t.cause = :key", key=key
        )
        action = f"/desk/cases/{case}/tasks/{id_}"
        shown = ann.page
        await ann.send(action)
        assert "The task is done" in ann.words and ann.words.count("Write a letter or call") == 1
        ann.page = shown
        await ann.send(action)
        rows = await site.desk.rows("SELECT done_at IS NOT NULL, done_by FROM task ORDER BY due_on")
        assert [tuple(row) for row in rows] == [(False, None), (True, account)]
        lines = await site.desk.rows("SELECT actor FROM audit WHERE action = 'desk.task_done'")
        assert [tuple(line) for line in lines] == [(f"account:{account}",)]
        await ann.get("/desk/tasks")
        assert ann.words.count("Write a letter or call") == 2  # what it says, and the one that is left


async def test_another_office_sees_and_ends_none_of_them(site: Site) -> None:
    await site.case()
    await add(site, "cause", START.date())
    ((id_,),) = await site.desk.rows("SELECT id FROM task")
    case = await case_id(site.desk)
    other = await open_desk(site.desk.store, slug="southwick")
    async with signed_in(site.app, other, "joe") as joe:
        await joe.get("/desk/tasks")
        assert "Nothing is to be done by hand." in joe.words
        mark = joe.text.split('name="mark" value="')[1].split('"')[0]
        answer = await joe.http.post(f"/desk/cases/{case}/tasks/{id_}", data={"mark": mark, "why": "casework"})
        assert answer.status_code == 404
    assert await site.desk.rows("SELECT 1 FROM task WHERE done_at IS NOT NULL") == []


@pytest.mark.parametrize(
    ("today", "deadlines", "due_on"),
    [
        ("2026-03-02", [], "2026-03-03"),
        ("2026-03-06", [], "2026-03-09"),
        ("2026-03-06", ["2026-03-07", "2026-03-20"], "2026-03-07"),
        ("2026-03-06", ["2026-03-06"], "2026-03-06"),
        ("2026-03-06", ["2026-03-01"], "2026-03-09"),
    ],
)
def test_a_task_is_due_on_the_next_working_day_or_before_it_is_too_late(
    today: str, deadlines: list[str], due_on: str
) -> None:
    found = by_hand_on(date.fromisoformat(today), map(date.fromisoformat, deadlines))
    assert found == date.fromisoformat(due_on)
