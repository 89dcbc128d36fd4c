"""The commands about this machine: what is installed, and how to install what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flows.cli.common import common_options, load_settings, print_json, print_rows, settings_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@common_options
def doctor(as_json: bool, warehouse: Path | None, settings_file: Path | None) -> None:
    """Say which models, engines and languages are there, and what is missing with the command that mends it.

    Exits with 1 where something that `ingest` needs is missing.
    """
    from flows.doctor import examine

    findings = examine(load_settings(settings_file, warehouse))
    print_rows("Doctor", [finding.as_row() for finding in findings], as_json, "nothing to examine")
    if any(finding.state == "missing" for finding in findings):
        raise click.exceptions.Exit(1)


@click.command()
@click.option("--model", "only_model", is_flag=True, help="Only the embedding model.")
@click.option("--translate", "only_translate", is_flag=True, help="Only the translation engines.")
@settings_option
def setup(only_model: bool, only_translate: bool, settings_file: Path | None) -> None:
    """Install the embedding model and the translation engines. The only command that uses the network."""
    settings = load_settings(settings_file, None)
    both = only_model == only_translate
    if both or only_model:
        from corpus.embed import prepare
        from corpus.setup.model import install_model

        install_model(settings, _say)
        prepare(settings, _say)
    if both or only_translate:
        from corpus.setup.engines import install_engines

        install_engines(settings, report=_say)


def _say(line: str) -> None:
    click.echo(line, err=True)


__all__ = ["doctor", "print_json", "setup"]
