"""The `tracker` command."""

from __future__ import annotations

import sys

import typer

from tracker.commands import backtesting, forgetting, previewing, replaying, running, setting_up, staff, translating
from tracker.commands.terminal import err, plainly

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Track my request: tells people before they ask.",
)
for commands in (running, setting_up, replaying, backtesting, forgetting, staff, translating, previewing):
    app.add_typer(commands.app)


def main() -> None:
    """Run the command; a mistake of the caller ends in one plain sentence and status 2."""
    try:
        app(standalone_mode=True)
    except Exception as error:
        sentence = plainly(error)
        if sentence is None:
            raise
        err.print(sentence, markup=False)
        sys.exit(2)


if __name__ == "__main__":
    main()
