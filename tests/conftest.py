"""What every test area shares: where the shipped pages and the data beside the checkout are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"


@pytest.fixture(scope="session")
def pages_dir() -> Path:
    return DATA / "pages"


@pytest.fixture(scope="session")
def gold() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((DATA / "gold.json").read_text("utf-8"))
    return entries


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"SKIPPED FOR WANT OF DATA: {folder} is not there (seed pages and public data)")
    return folder


@pytest.fixture(scope="session")
def seeds_dir(shared_dir: Path) -> Path:
    return shared_dir / "seeds"
