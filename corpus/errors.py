"""What can go wrong, by what to do about it.

    CioAdviceError
    ├── PageError        quarantine the page, go on with the run
    ├── StepError        retry the step: the same call may go through later
    └── RunError         abort the run, tell the person
        ├── SettingsError    a setting or an argument cannot be used
        ├── SourceError      a named source does not exist or cannot be listed
        ├── ModelError       a model or an engine is missing or damaged
        └── WarehouseError   the warehouse is missing, locked, newer, or fails a check

A message names what was given, what was expected and what to do.
"""

from __future__ import annotations


class CioAdviceError(Exception):
    """Root of every error this project raises on purpose."""


class PageError(CioAdviceError):
    """One page cannot be read: it goes to quarantine and the run goes on.

    `code` is a stable word for queries; `reason` is a sentence for a person. Of pages: `empty`, `binary`, `too-large`,
    `no-content`, `unreadable`, `timeout`, `crash`; of containers: `bad-record`, `damaged`, `http-error`; of the web:
    those of `corpus.fetch`.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"


class StepError(CioAdviceError):
    """A step failed in a way that a later try may not."""


class RunError(CioAdviceError):
    """The run cannot go on, whatever is retried."""


class SettingsError(RunError):
    """A setting or an argument cannot be used."""


class SourceError(RunError):
    """A named source does not exist or cannot be listed."""


class ModelError(RunError):
    """A model or an engine is missing or damaged."""


class WarehouseError(RunError):
    """The warehouse is missing, locked by another run, of a newer version, or fails a check."""
