"""The command that takes an organisation out of the sandbox, and what it shows before."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, assert_never

import typer
from pydantic import SecretStr

from notifications import probes
from tracker.commands.terminal import DataDir, out, settings, with_parts
from tracker.core.vocabulary.words import Channel
from tracker.flows.organisations import going_live, offices
from tracker.flows.organisations.going_live import Check, Offered, Rehearsal
from tracker.flows.promises import learn
from tracker.main import Parts
from tracker.settings import Settings


def go_live(
    slug: Annotated[str, typer.Argument(help="The organisation's short name.")],
    email_from: Annotated[str | None, typer.Option(help="The address that e-mails come from.")] = None,
    sms_from: Annotated[
        str | None, typer.Option(help="What texts come from: a number, a name, or an MG... id.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Go live, if nothing is to do. There is no way back.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Show what is to do before messages may leave, and who would be told what. Status 1 while something is to do."""
    given = settings(data_dir)

    async def run(parts: Parts) -> bool:
        office = await offices.organisation(parts.store, slug)
        offered = await _offered(given, email_from, sms_from)
        checks = await going_live.checklist(parts.store, office, offered)
        _show_checks(checks)
        _show_rehearsal(await going_live.rehearsal(parts.store, office), given)
        ready = all(each.good for each in checks)
        if yes and ready:  # so that what is adopted has dates that were learned from all that has come
            await learn.learn_now(parts.store, office.id)
        if yes:
            adopted = await going_live.go_live(parts.store, office, offered)
            out.print(f"{slug} is live. {adopted} cases were adopted; from now on messages leave.")
        elif ready:
            out.print("Nothing is to do. To go live, run the same command with --yes. There is no way back.")
        return ready

    if not with_parts(given, run):
        raise typer.Exit(1)


async def _offered(given: Settings, email_from: str | None, sms_from: str | None) -> Offered:
    """What this installation can carry, asked now."""
    return Offered(
        email_from,
        sms_from,
        given.public_url,
        await probes.mail_fault(_open(given.smtp_url)),
        await probes.texts_fault(given.twilio_account_sid, _open(given.twilio_auth_token), given.twilio_base_url),
    )


def _open(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def _show_checks(checks: tuple[Check, ...]) -> None:
    for each in checks:
        mark = "TO DO" if not each.good else "LOOK " if each.remedy else "good "
        out.print(f"{mark}  {each.what}", markup=False)
        if each.remedy:
            out.print(f"       {each.remedy}", markup=False)


def _show_rehearsal(told: Rehearsal, given: Settings) -> None:
    """Who would have been told what, what that costs, and who would hear nothing."""
    days = f"{told.days:.0f} day{'' if round(told.days) == 1 else 's'}"
    out.print(f"\nWho would have been told what, in the last {days}:")
    for each in told.said:
        counted = f", {each.segments} segments" if each.segments else ""
        line = f"  {each.purpose:<14} {each.channel:<6} {each.messages} messages, {each.people} people{counted}"
        out.print(line, markup=False)
    if not told.said:
        out.print("  Nobody: the sandbox has caught nothing yet.")
    cost = told.cost({each: _price(each, given) for each in Channel})
    sent = sum(each.messages for each in told.said)
    out.print(f"In all {sent} messages to {told.people} people: {_money(cost, given)}.")
    month = f"{round(told.a_month(sent))} messages, {_money(told.a_month(cost), given)}"
    out.print(f"At that pace a month would be {month}.")
    out.print(
        f"{told.to_adopt} open cases would be adopted: nobody hears of what was, and whoever waits has a first word "
        "within the silence of the service."
    )
    for purpose, messages in sorted(told.at_once.items()):
        out.print(f"  but at once: {purpose}, {messages} messages", markup=False)
    out.print()


def _price(channel: Channel, given: Settings) -> Decimal:
    """What one unit of a channel costs here."""
    match channel:
        case Channel.EMAIL:
            return given.email_price
        case Channel.SMS:
            return given.sms_price
        case other:
            assert_never(other)


def _money(amount: Decimal, given: Settings) -> str:
    return f"{amount.quantize(Decimal('0.01'))} {given.currency}"
