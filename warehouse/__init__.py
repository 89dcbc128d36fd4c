"""The warehouse: one DuckDB file, written by one run at a time (`warehouse.store`), read by anybody.

from warehouse import Warehouse

with Warehouse.open("cio-advice.duckdb") as warehouse:
    for hit in warehouse.search("how do I win money for an IT project"):
        print(hit.score, hit.uri, hit.text_en or hit.text)
"""

from warehouse.answer import Result
from warehouse.reader import Warehouse
from warehouse.results import (
    AdviceRow,
    DissentRow,
    Explanation,
    Hit,
    Line,
    QuarantineRow,
    SentenceRow,
    ThemeRow,
    VerdictCount,
)
from warehouse.values import RunFacts, RunSummary, StageSummary
from warehouse.why_not_results import Copy, DroppedPiece, Step, WhyNot

__all__ = [
    "AdviceRow",
    "Copy",
    "DissentRow",
    "DroppedPiece",
    "Explanation",
    "Hit",
    "Line",
    "QuarantineRow",
    "Result",
    "RunFacts",
    "RunSummary",
    "SentenceRow",
    "StageSummary",
    "Step",
    "ThemeRow",
    "VerdictCount",
    "Warehouse",
    "WhyNot",
]
