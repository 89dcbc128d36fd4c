"""`cio-advice explain` for people: the raw lines with their verdicts, kept ones plain, dropped ones dim."""

from __future__ import annotations


