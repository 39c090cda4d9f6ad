"""The option of every command that extracts; apart, since its help names the extractors, which take a while to load."""

from __future__ import annotations

import click

from kg.extractors import EXTRACTORS, MODEL

extractors_option = click.option(
    "--extractors",
    default="all",
    show_default=True,
    metavar="all|rules|NAME,...",
    help="What extracts: all, rules (without the trained model, many times as fast), or some of: "
    + ", ".join((*(spec.short for spec in EXTRACTORS), MODEL))
    + ".",
)
