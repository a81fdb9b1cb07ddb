"""What staff are to do by hand, and that they have done it: with who and when, and audited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.errors import CaseNotFound
from tracker.flows.desk import audit
from tracker.flows.desk.inquiry import Inquiry
from tracker.store.case import cases
from tracker.store.ground import organisations
from tracker.store.outreach import tasks
from tracker.store.outreach.tasks import OpenTask

MOST_TASKS = 50
"""So many are listed, those that are due first; the others follow when these are done."""


@dataclass(frozen=True, slots=True)
class TaskList:
    """The open tasks of an office. `more`: there are others. `today`: the office's day."""

    tasks: tuple[OpenTask, ...]
    more: bool
    today: date


async def open_tasks(asked: Inquiry) -> TaskList:
    """What is to be done, by reference and day: nothing of a person."""
    staff = asked.staff
    async with asked.store.reading() as connection:
        office = await organisations.office(connection, staff.organisation_id)
        found = await tasks.all_open(connection, staff.scope, MOST_TASKS + 1)
    return TaskList(tuple(found[:MOST_TASKS]), len(found) > MOST_TASKS, day_of(office.now, office.zone))


async def finish(asked: Inquiry, case: UUID, task: UUID) -> None:
    """A task of a case is done; a form that is sent twice counts once. Raises CaseNotFound."""
    staff = asked.staff
    async with asked.store.transaction() as connection:
        if await cases.by_id(connection, staff.scope, case) is None:
            raise CaseNotFound
        now = (await organisations.office(connection, staff.organisation_id)).now
        if await tasks.mark_done(connection, staff.scope, case, task, staff.account_id, now=now):
            await audit.note(connection, asked, "desk.task_done", {"case": str(case), "task": str(task)})
