"""The command that says what a language still needs."""

from __future__ import annotations

from typing import Annotated

import typer

from templates import languages as spoken
from templates import wording
from tracker.commands.language_gaps import CODE, Gaps, begun, gaps
from tracker.commands.terminal import out

app = typer.Typer()


@app.command()
def languages(
    code: Annotated[str | None, typer.Argument(help="Of this one, such as fr, all that is missing.")] = None,
) -> None:
    """How complete each language is, or all that one of them still needs, and in which file to write it. Status 1
    when something is missing."""
    if code is not None and CODE.fullmatch(code) is None:
        raise typer.BadParameter("use the code of a language, such as fr")
    wrong = 0
    for each in (code,) if code else begun():
        looked = gaps(each)
        wrong += len(looked.gaps)
        for gap in looked.gaps if code else ():
            out.print(str(gap), markup=False)
        out.print(_said(each, looked), markup=False)
    if wrong:
        raise typer.Exit(1)


def _said(code: str, looked: Gaps) -> str:
    """How far a language is, in one line."""
    name = f"{code} ({spoken.own_name(code)})" if wording.known(code) else code
    if not looked.gaps:
        return f"{name}: complete, {looked.texts} texts."
    return f"{name}: {len(looked.gaps)} things to do, of {looked.texts} texts. How: docs/translating.md"
