"""gzip and zstd are streamed: what is whole comes out, what is damaged has a reason, bombs and memory have an end."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from source_files import contents, everything, gz, lines, only_rejected, response, zstd

from corpus.errors import PageError
from corpus.sources import compressed, uri_of
from corpus.sources.byte_stream import ByteStream
from corpus.sources.compressed import unpacked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from corpus.models import RawPage, RejectedPage

RECORDS = [lines({"text": f"page {number}"}) for number in range(5)]
TEXTS = [f"page {number}".encode() for number in range(5)]
SKIPPABLE = struct.pack("<II", 0x184D2A50, 5) + b"abcde"
both = pytest.mark.parametrize(("pack", "ending"), [(gz, "gz"), (zstd, "zst")])


def pages_of(tmp_path: Path, data: bytes, ending: str) -> list[RawPage | RejectedPage]:
    file = tmp_path / f"p.jsonl.{ending}"
    file.write_bytes(data)
    return everything(file)


@both
def test_members_and_frames_are_read_one_after_the_other(
    tmp_path: Path, pack: Callable[[bytes], bytes], ending: str
) -> None:
    data = b"".join(pack(record) for record in RECORDS)
    assert contents(pages_of(tmp_path, data, ending)) == TEXTS
    assert contents(pages_of(tmp_path, pack(b"") + data + pack(b""), ending)) == TEXTS
    assert contents(pages_of(tmp_path, pack(pack(data)), ending)) == TEXTS


def test_padding_between_gzip_members_and_frames_without_data_are_passed_over(tmp_path: Path) -> None:
    padded = gz(RECORDS[0]) + b"\0" * 200_000 + gz(RECORDS[1]) + b"\0" * 200_000
    assert contents(pages_of(tmp_path, padded, "gz")) == TEXTS[:2]
    assert contents(pages_of(tmp_path, SKIPPABLE + zstd(RECORDS[0]) + SKIPPABLE, "zst")) == TEXTS[:1]


@both
def test_the_name_does_not_decide_what_is_compressed(
    tmp_path: Path, pack: Callable[[bytes], bytes], ending: str
) -> None:
    (tmp_path / "packed.jsonl").write_bytes(pack(RECORDS[0]))
    (tmp_path / f"plain.jsonl.{ending}").write_bytes(RECORDS[1])
    (tmp_path / f"plain.warc.{ending}").write_bytes(response(b"<p>x"))
    assert contents(everything(tmp_path / "packed.jsonl", tmp_path / f"plain.jsonl.{ending}")) == TEXTS[:2]


@both
def test_a_name_that_promises_compression_over_noise_is_damaged(
    tmp_path: Path, pack: object, ending: str
) -> None:
    rejected = only_rejected(pages_of(tmp_path, b"\x00\x01noise\n" * 100, ending))
    assert rejected.code == "damaged"
    assert "expected compressed data by its name" in rejected.reason


@both
@pytest.mark.parametrize("harm", ["cut", "garbage", "flip"])
def test_damage_costs_what_is_behind_it_and_the_other_sources_go_on(
    tmp_path: Path, pack: Callable[[bytes], bytes], ending: str, harm: str
) -> None:
    last = pack(lines({"text": os.urandom(300).hex()}))
    harmed = {"cut": last[:-40], "garbage": b"garbage" * 9, "flip": last[:2] + b"\xff" * 9 + last[11:]}[harm]
    before = b"".join(pack(b"".join(RECORDS) + b" " * 2_000 + b"\n") for _ in range(200))
    (tmp_path / "z.jsonl").write_bytes(RECORDS[0])
    (tmp_path / f"p.jsonl.{ending}").write_bytes(before + harmed)
    found = everything(tmp_path)
    assert contents(found) == [*TEXTS * 200, "damaged", TEXTS[0]]
    rejected = only_rejected(found)
    assert rejected.page.uri == uri_of(tmp_path / f"p.jsonl.{ending}")
    assert "after 1,000 pages, at byte" in rejected.reason


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_a_bomb_ends_with_a_reason(tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if ending == "gz":  # a thousandfold at most: a smaller bomb tells the same
        monkeypatch.setattr(compressed, "BOMB_BYTES", 1 << 26)
    member = gz(b" " * (1 << 24)) if ending == "gz" else zstd(b" " * (1 << 26))
    rejected = only_rejected(pages_of(tmp_path, member * 20, ending))
    assert rejected.code == "too-large"
    assert "a bomb" in rejected.reason


def test_what_shrinks_well_is_no_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressed, "BOMB_BYTES", 1_000)
    noise = [lines({"text": os.urandom(100).hex() * 3}) for _ in range(100)]
    assert len(pages_of(tmp_path, gz(b"".join(noise)), "gz")) == 100


def test_a_stream_that_unpacks_to_a_stream_without_end_is_refused(tmp_path: Path) -> None:
    data = RECORDS[0]
    for _ in range(5):
        data = gz(data)
    assert only_rejected(pages_of(tmp_path, data, "gz")).code == "damaged"


def test_a_zstd_window_that_no_machine_should_hold_is_refused(tmp_path: Path) -> None:
    frame = b"\x28\xb5\x2f\xfd" + bytes([0, (31 - 10) << 3]) + b"\x01\0\0"
    assert "too much memory" in only_rejected(pages_of(tmp_path, frame, "zst")).reason


PROGRAM = """
import sys
import time
from corpus.models import RawPage
from corpus.settings import Settings
from corpus.sources import open_sources
count = sum(isinstance(page, RawPage) for page in open_sources(sys.argv[1:], Settings()))
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(count, peak)
"""


def reading(file: Path) -> tuple[int, int]:
    """Return how many pages a fresh process reads, and its peak memory in KiB."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(file)], capture_output=True, text=True, check=True
    )
    count, peak = done.stdout.split()
    return int(count), int(peak)


@pytest.mark.parametrize("ending", ["jsonl.gz", "jsonl.zst", "warc.gz"])
def test_memory_does_not_grow_with_the_source(tmp_path: Path, ending: str) -> None:
    pack = zstd if ending.endswith("zst") else gz
    peaks = []
    for count in (1_000, 50_000):
        bodies = [os.urandom(40).hex() + " word" * 200 for _ in range(500)]
        made = [response(b.encode()) if "warc" in ending else lines({"text": b}) for b in bodies]
        members = [pack(item) for item in made] if "warc" in ending else [pack(b"".join(made))]
        file = tmp_path / f"p.{ending}"
        file.write_bytes(b"".join(members) * (count // 500))
        read, peak = reading(file)
        assert read == count
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 3_000  # the larger source holds 55 MB of text


def test_a_bomb_in_a_line_takes_no_more_memory_than_the_cap(tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl.zst"
    file.write_bytes(zstd(b"x" * (1 << 24)) * 20 + zstd(b"\n" + RECORDS[0]))
    idle, full = reading(_small(tmp_path)), reading(file)
    assert full[0] == 1
    assert (
        full[1] - idle[1] < 120_000
    )  # a line of 320 MiB; 41 MB of one may be held, twice while it is copied


def _small(tmp_path: Path) -> Path:
    file = tmp_path / "small.jsonl.zst"
    file.write_bytes(zstd(RECORDS[0]))
    return file


@given(st.binary(max_size=3_000), st.integers(1, 5), st.sampled_from([gz, zstd]), st.data())
def test_a_cut_stream_gives_a_beginning_of_what_was_packed(
    data: bytes, parts: int, pack: Callable[[bytes], bytes], draw: st.DataObject
) -> None:
    from io import BytesIO

    packed = pack(data) * parts
    cut = packed[: draw.draw(st.integers(5, len(packed)))]
    stream = unpacked(BytesIO(cut))
    found = stream.read(10_000_000)
    assert (data * parts).startswith(found)
    if len(cut) % len(pack(data)):
        with pytest.raises(PageError, match="damaged"):
            stream.check()
    else:
        stream.check()
        assert found == data * (len(cut) // len(pack(data)))


@given(st.binary(max_size=300), st.integers(0, 60), st.integers(1, 40))
def test_lines_do_not_depend_on_how_the_bytes_arrive(data: bytes, longest: int, step: int) -> None:
    pieces = [data[start : start + step] for start in range(0, len(data), step)]
    stream = ByteStream(iter([*pieces, b""]).__next__)
    found = []
    while line := stream.line(longest):
        found.append(line)
    expected = data.split(b"\n")
    expected = expected[:-1] if not expected[-1] else expected
    assert found == [(line if len(line) <= longest else None, len(line)) for line in expected]
    assert stream.offset == len(data)


@pytest.mark.parametrize("ending", ["jsonl.zst", "warc.gz"])
def test_line_ends_without_end_are_passed_over_in_no_time(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"p.{ending}"
    page = RECORDS[0] if "jsonl" in ending else response(b"page 0")
    file.write_bytes(zstd(b"\r\n" * (1 << 25)) + zstd(page))
    started = time.process_time()
    assert contents(everything(file)) == TEXTS[:1]
    assert time.process_time() - started < 5  # 32 million line ends, a third of a second
