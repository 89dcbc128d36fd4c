"""Prefect reads its environment when it is imported: this module is imported before it, and says why it acts.

Nothing phones home, and a first start on a slow machine is not a failure. Whatever the user has set stays.
"""

from __future__ import annotations

import os

DEFAULTS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_API_MAX_PARAMETER_SIZE": "100000000",  # sources are parameters: half a megabyte is 5,000 of them
}


def apply_defaults() -> None:
    """Set what is not set."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
