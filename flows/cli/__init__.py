"""The command line `cio-advice`: the same verbs as the Python interface. Data to stdout, the rest to stderr."""

from __future__ import annotations

import io
import sys

import click

from corpus.errors import CioAdviceError
from flows.cli.answers import advice, dissent, search, similar, sql, themes
from flows.cli.explanation import explain
from flows.cli.ingest import ingest
from flows.cli.integrity import rebuild, verify
from flows.cli.machine import doctor, setup
from flows.cli.models import models
from flows.cli.runs import runs
from flows.cli.schedule import schedule
from flows.cli.why_not import why_not
from flows.tables import plain

_EXIT_CODES = """
\b
Exit codes:
  0    done
  1    it could not be done; one line on stderr says why and what to do
  2    wrong usage
  130  interrupted
"""
_UNEXPECTED = (
    "nobody expected that: if the warehouse comes from somebody else or was changed by hand, make it anew; "
    "else it is a bug, and PYTHONDEVMODE=1 shows where"
)


@click.group(
    epilog=_EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="cio-advice")
def cli() -> None:
    """Turn web pages with advice for CIOs into a DuckDB warehouse, and ask it questions.

    \b
    cio-advice ingest FOLDER            read new pages, publish the warehouse
    cio-advice search "win a budget"    find passages by meaning, in any language
    cio-advice themes                   what the sources agree on
    cio-advice dissent                  and what they quarrel about

    The published file is named by --warehouse, CIO_ADVICE_WAREHOUSE or the settings file cio-advice.toml;
    default: cio-advice.duckdb in this folder.
    """  # noqa: D301 click wants the character


for command in (
    advice,
    dissent,
    doctor,
    explain,
    ingest,
    models,
    rebuild,
    runs,
    schedule,
    search,
    setup,
    similar,
    sql,
    themes,
    verify,
    why_not,
):
    cli.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    try:
        sys.exit(cli.main(arguments, prog_name="cio-advice", standalone_mode=False) or 0)
    except CioAdviceError as error:
        _stop(1, str(error))
    except click.exceptions.Abort:
        _stop(130, "interrupted")
    except click.ClickException as error:
        _show_usage(error)
        sys.exit(error.exit_code)
    except MemoryError:
        _stop(1, "there is not enough memory for that: ask for less, or raise the setting memory_limit")
    except KeyboardInterrupt:
        _stop(130, "interrupted")
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        _stop(1, f"{type(error).__name__}: {error}; {_UNEXPECTED}")


def _show_usage(error: click.ClickException) -> None:
    """Say how a command is used; what was typed wrongly is repeated in it, and is no command for the terminal."""
    said = io.StringIO()
    error.show(said)
    click.echo(plain(said.getvalue()), err=True, nl=False)


def _stop(code: int, message: str) -> None:
    """Say in one line what is wrong; DuckDB and TOML say it in several, with a caret under the place."""
    lines = [line.strip() for line in plain(message).splitlines() if line.strip(" ^~\t")]
    click.echo(f"cio-advice: {' '.join(lines)}", err=True)
    sys.exit(code)
