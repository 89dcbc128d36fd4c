"""A corpus that a run is through with in a second, with a bit of everything; and a tiny model that runs the real path.

Two days of a folder: English, Italian (by the tiny Argos package of the tests), Spanish (by Apertium where it is
installed), German (which nothing translates where there is no network), a copy, an edited copy, a page that is none.
"""

from __future__ import annotations

import os
import runpy
import shutil
from typing import TYPE_CHECKING

from bench.common import ROOT
from corpus.embed import export, prepare
from corpus.settings import Settings
from corpus.setup.e5_folder import convert
from corpus.translate.argos_install import install_package

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ARGOS_PACKAGE = ROOT / "tests" / "data" / "translate-it_en-1_0.argosmodel"
TINY_MODEL = ROOT / "tests" / "corpus" / "tiny_e5.py"
FETCHED = 1_700_000_000

_BACKUP = """Restore something today

A backup that was never restored is a rumour. Test the restore of your backups every month, with a clock.
The shipyard in the next town lost nine days of orders because its tapes had been empty since the autumn.
"""
_BOARD = """Talk to the board

The CIO must speak with the board twice a year. Bring three figures and no acronyms, or stay away.
Nobody in that room has ever bought a firewall for its own sake, and nobody ever will.

You should sell the project before you build it, because a project without a buyer dies in silence.
"""
DAY_ONE = {
    "backup.txt": _BACKUP,
    "board.txt": _BOARD,
    "consiglio.txt": """Parlare con il consiglio

Il CIO deve parlare con il consiglio di amministrazione.
Chiedete ai fornitori un piano di uscita.
Misurate il valore, non le ore.
Provate il ripristino dei backup ogni mese.
""",
    "copy.txt": _BACKUP,
    "edited.txt": _BACKUP.replace("nine days", "eleven days"),
    "picture.html": "\x89PNG\r\n\x1a\n" + "\0" * 400,
    "proveedores.txt": """Los proveedores no son amigos

Pida a cada proveedor un plan de salida antes de firmar el contrato, y guarde una copia en casa.
No prometa fechas que usted no controla. El consejo recuerda la primera fecha y olvida la razón.
""",
    "vendors.html": """<html><head><title>Ask for the exit</title></head><body><article><h1>Ask for the exit</h1>
<p>Ask every vendor for an exit plan before you sign. We signed in a hurry in 2019 and paid for it until
last spring, when the last of the invoices for a service nobody used was settled out of court.</p>
<p>Never go all-in with one supplier. It pays to keep a second one warm, even if the price is higher.</p>
</article></body></html>
""",
}
DAY_TWO = {name: text for name, text in DAY_ONE.items() if name != "edited.txt"} | {
    "board.txt": _BOARD.replace("You should sell", "You must never sell"),
    "kosten.txt": """Zeigen Sie die Kosten

Zeigen Sie dem Vorstand die Kosten jeder Anwendung, bevor Sie eine neue kaufen. Niemand schaltet ab, was nichts kostet.
Im Rathaus liefen vier Jahre lang zwei Lohnprogramme nebeneinander, weil keiner die Rechnung lesen wollte.
""",
}


def write_pages(folder: Path, pages: dict[str, str]) -> Path:
    """Make a folder hold these pages and no others, all fetched at the same time."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in pages.items():
        (folder / name).write_text(text, "latin-1" if name == "picture.html" else "utf-8")
        os.utime(folder / name, (FETCHED, FETCHED))  # the time of a file without a sidecar is its fetch time
    return folder


def tiny_settings(models: Path, report: Callable[[str], None] = lambda _line: None) -> Settings:
    """Return settings with a tiny model in the folder `models`, made where it is not there yet (ten seconds).

    Batches are small, so that each stage has several. Random weights lose more in 8 bits than learnt ones: the
    export is asked for less agreement than that of a real model.
    """
    settings = Settings(
        models_dir=models,
        embedding_model="tiny",
        embedding_backend="onnx",
        batch_pages=3,
        batch_sentences=3,
        batch_passages=3,
        workers=1,
    )
    if not (models / "tiny").is_dir():
        (models / "tiny").mkdir(parents=True)
        convert(runpy.run_path(str(TINY_MODEL))["tiny_e5"](), models / "tiny")
        install_package(ARGOS_PACKAGE, settings)
    least, export.LEAST_AGREEMENT = export.LEAST_AGREEMENT, 0.8
    try:
        prepare(settings, report)
    finally:
        export.LEAST_AGREEMENT = least
    return settings
