"""`cio-advice models`: which Argos packages are installed, and how to bring more and take some away."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpus.errors import ModelError, StepError
from flows.cli.common import (
    as_rows,
    json_option,
    load_settings,
    print_json,
    print_rows,
    settings_option,
    text,
)

if TYPE_CHECKING:
    from corpus.settings import Settings

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-en)?")


@click.group(invoke_without_command=True)
@json_option
@settings_option
@click.pass_context
def models(context: click.Context, as_json: bool, settings_file: Path | None) -> None:
    """List, install and remove the Argos packages that translate into English.

    \b
    cio-advice models                             what is installed, and whether it is as it was
    cio-advice models install it_en.argosmodel    a file, or the folder of an unpacked package
    cio-advice models install it                  from the Argos index: Italian, through a pivot if need be
    cio-advice models remove it-en

    Only `install` with a language uses the network.
    """  # noqa: D301 click wants the character
    if context.invoked_subcommand is None:
        _list(load_settings(settings_file, None), as_json)


@models.command("list")
@json_option
@settings_option
def list_models(as_json: bool, settings_file: Path | None) -> None:
    """List the installed packages with size, hash and state: every file is compared with its record."""
    _list(load_settings(settings_file, None), as_json)


def _list(settings: Settings, as_json: bool) -> None:
    from corpus.translate.argos_packages import packages_dir
    from corpus.translate.argos_store import installed

    nothing = f"no Argos package in {packages_dir(settings)}; `cio-advice models install --help` says how"
    print_rows("Argos packages", as_rows(installed(settings)), as_json, nothing)


@models.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=text)
@click.option("--index", metavar="ADDRESS", help="Another index than the one Argos itself would ask.")
@json_option
@settings_option
def install(sources: tuple[str, ...], index: str | None, as_json: bool, settings_file: Path | None) -> None:
    """Install packages: an .argosmodel file, the folder of an unpacked one, or a language (it, it-en) from the index.

    Nothing is trusted: paths, sizes and links are checked, the model is tried in a process of its own, and its files
    are recorded, so that a changed one is refused later. The same package again changes nothing, or mends it.
    """
    settings = load_settings(settings_file, None)
    before = _names(settings)
    for source in sources:
        _install(source, index, settings)
    names = _names(settings)
    if as_json:
        print_json({"installed": sorted(names - before), "packages": sorted(names)})


def _install(source: str, index: str | None, settings: Settings) -> None:
    """Install one source; what looks like a language and is no file is asked of the index."""
    language = _LANGUAGE.fullmatch(source)
    if _is_there(source) or not language:
        from corpus.translate.argos_install import install_package

        if not _is_there(source):
            raise ModelError(f"{source}: no such file or folder, and no language such as `it` or `it-en`")
        package = install_package(Path(source), settings)
        _say(f"{package.name} is in {package.folder}")
        return
    from corpus.setup.argos_index import install_from_index

    done, problem = install_from_index(settings, [language[1]], _say, index)
    for pair in done:
        _say(f"{pair} is installed")
    if problem or not done:
        raise StepError(problem or f"the Argos index has no way from {language[1]!r} into English")


@models.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True, type=text)
@click.option("--yes", is_flag=True, help="Do not ask.")
@settings_option
def remove(names: tuple[str, ...], yes: bool, settings_file: Path | None) -> None:
    """Remove packages by folder name or pair (it-en). Their translations stay until another engine makes new ones."""
    from corpus.translate.argos_install import remove_package

    settings = load_settings(settings_file, None)
    for name in names:
        if not yes:
            click.confirm(f"remove the Argos package {name}?", abort=True, err=True)
        for folder in remove_package(name, settings):
            _say(f"removed {folder}")


def _is_there(source: str) -> bool:
    try:
        return bool(source) and Path(source).exists()
    except (OSError, ValueError):  # too long for a name, or no name at all
        return False


def _names(settings: Settings) -> set[str]:
    from corpus.translate.argos_packages import package_folders, packages_dir

    return {path.name for path in package_folders(packages_dir(settings))}


def _say(line: str) -> None:
    click.echo(line, err=True)
