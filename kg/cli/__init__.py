"""The command line: ``kg``.

Data goes to stdout, words go to stderr, progress bars to a terminal only. Exit codes: 0 done; 1 ran, and the data is
wanting; 2 could not run; 130 interrupted. Nothing here computes: every command calls the library and shows what it
gives.
"""

from __future__ import annotations

import signal
from typing import NoReturn

import click

from kg import __version__
from kg.cli import check, engines, explore, graph, look, stages
from kg.errors import KgError
from kg.text import printable

INTERRUPTED = 128 + signal.SIGINT


class Refusal(click.ClickException):
    """What the user reads when a command cannot go on: one line on stderr."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(printable(message.replace("\n", " ")))
        self.exit_code = exit_code  # type: ignore[misc]  # click declares it a class variable

    def show(self, file: object = None) -> None:  # noqa: ARG002  click's signature
        """Print the line."""
        click.echo(f"kg: {self.message}", err=True)


class Program(click.Group):
    """The group of all commands, which turns errors into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command.

        Raises:
            Refusal: kg raised one of its own errors, or the user pressed Ctrl-C.
        """
        try:
            return super().invoke(ctx)
        except KgError as error:
            raise Refusal(str(error), error.exit_code) from error
        except KeyboardInterrupt as error:
            raise Refusal(
                "interrupted. Nothing is half-written; run the same command to go on.", INTERRUPTED
            ) from error

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; an unknown one is answered with near misses, sorted."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            _suggest(error, args[0], self.list_commands(ctx))


def _suggest(error: click.UsageError, name: str, known: list[str]) -> NoReturn:
    from difflib import get_close_matches

    near = sorted(get_close_matches(name, known))
    hint = f"Did you mean {' or '.join(near)}?" if near else "See kg --help."
    raise click.UsageError(f"no command {printable(name)!r}. {hint}", error.ctx) from error


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="kg", message="%(prog)s %(version)s")
def main() -> None:
    """Turn daily research digests, Chinese and English, into a knowledge graph.

    \b
    kg build digests/                     read, extract, link
    kg query papers-on-method LoRA        ask, by a shipped query or in SPARQL
    kg show 思维链                        look at one thing, with its evidence
    kg view                               open the interactive page
    kg export                             RDF, Neo4j, GraphML, JSON Lines, HTML

    Shell completion: eval "$(_KG_COMPLETE=bash_source kg)", or zsh_source, or fish_source.
    """  # noqa: D301  click reads the escape as "keep these lines as they are"


for _command in (
    *graph.COMMANDS,
    *explore.COMMANDS,
    *look.COMMANDS,
    *stages.COMMANDS,
    *check.COMMANDS,
    *engines.COMMANDS,
):
    main.add_command(_command)
