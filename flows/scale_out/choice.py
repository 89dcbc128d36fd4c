"""Whether the executor of the settings can be used at all: asked before anything starts."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from corpus.errors import SettingsError

if TYPE_CHECKING:
    from corpus.settings import Settings

_MODULES = {"dask": "prefect_dask", "ray": "prefect_ray"}


def require_executor(settings: Settings, direct: bool = False) -> None:
    """Raise SettingsError where the executor is not installed, or where Prefect, which runs it, is left out."""
    executor = settings.executor
    if executor == "local":
        return
    if direct:
        raise SettingsError(
            f"setting executor = {executor!r} is Prefect's to run: leave --direct out, or set executor = 'local'"
        )
    if importlib.util.find_spec(_MODULES[executor]) is None:
        raise SettingsError(
            f"setting executor = {executor!r}, but {_MODULES[executor]} is not installed: in the checkout,"
            f" `pip install '.[{executor}]'`"
        )
