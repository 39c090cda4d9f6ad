"""The command line: ``kg``.

Data goes to stdout, words go to stderr, progress bars to a terminal only. Exit codes: 0 done; 1 ran, and the data is
wanting; 2 could not run; 130 interrupted. Nothing here computes: every command calls the library and shows what it
gives.
"""

from __future__ import annotations

import gc
import signal
from importlib import import_module
from typing import NoReturn

import click

from kg import __version__
from kg.errors import KgError

INTERRUPTED = 128 + signal.SIGINT

COMMANDS = {
    "build": ("graph:build", "read, extract, link: add digests to the graph"),
    "candidates": ("look:candidates", "list what a person should merge or split"),
    "diff": ("engines:diff", "compare two graphs, or exports of them"),
    "eval": ("check:evaluate", "score the graph against a gold standard"),
    "export": ("graph:export", "write RDF, Neo4j, GraphML, JSON Lines, HTML"),
    "formats": ("graph:list_formats", "list what export writes"),
    "mentions": ("stages:mentions", "show the names found, as JSON lines"),
    "push": ("engines:push", "give the graph to a running Neo4j or SPARQL server"),
    "query": ("explore:query", "ask, by a shipped query or in SPARQL"),
    "read": ("stages:read", "show what is read, as JSON lines"),
    "show": ("look:show", "show one thing with its evidence"),
    "stats": ("look:stats", "count what the graph holds"),
    "validate": ("check:validate", "check shapes and quotes"),
    "view": ("explore:view", "open the interactive page"),
}
"""Every command: where it is, loaded when somebody calls it, and its line in ``kg --help``."""


class Refusal(click.ClickException):
    """What the user reads when a command cannot go on: one line on stderr."""

    def __init__(self, message: str, exit_code: int) -> None:
        from kg.text import printable

        super().__init__(printable(message.replace("\n", " ")))
        self.exit_code = exit_code  # type: ignore[misc]  # click declares it a class variable

    def show(self, file: object = None) -> None:  # noqa: ARG002  click's signature
        """Print the line."""
        click.echo(f"kg: {self.message}", err=True)


class Program(click.Group):
    """The group of all commands, which turns errors into one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """List the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        """Load a command; None if there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        place, summary = COMMANDS[cmd_name]
        module, _, name = place.partition(":")
        command: click.Command = getattr(import_module(f"kg.cli.{module}"), name)
        command.short_help = summary
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's signature
        """Write the list of commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])

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

    from kg.text import printable

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
    gc.set_threshold(100_000, 20, 20)  # what kg makes is free of cycles; to look for some took a tenth of the time
