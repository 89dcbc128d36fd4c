"""What must hold of the checkout itself."""

from __future__ import annotations

import importlib
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("SKIPPED: not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("name", ["corpus", "warehouse", "flows"])
def test_each_import_is_this_distribution_and_not_a_foreign_package_of_that_name(name: str) -> None:
    module = importlib.import_module(name)
    assert Path(str(module.__file__)).parent == ROOT / name


def test_no_committed_file_names_a_package_registry() -> None:
    hosts = [
        ".".join(parts)
        for parts in (("pypi", "org"), ("pythonhosted", "org"), ("debian", "org"), ("npmjs", "org"))
    ]
    found = [
        (file.name, host)
        for file in tracked()
        for host in hosts
        if host.encode() in file.read_bytes() and file.name != "LICENSE"
    ]
    assert found == []


def test_the_lock_file_is_names_and_versions_only() -> None:
    lines = (ROOT / "requirements.lock").read_text("utf-8").split()
    assert all(line.count("==") == 1 and "/" not in line and "@" not in line for line in lines)
    names = [line.partition("==")[0] for line in lines]
    assert "torch" not in names  # the Makefile installs its CPU build first
    assert {"prefect", "duckdb", "langdetect", "argostranslate", "sentence-transformers"} <= set(names)


def test_no_committed_file_is_large_but_what_lines_mean() -> None:
    large = [file.name for file in tracked() if file.stat().st_size > 2_000_000]
    assert large == ["meaning.safetensors"]
