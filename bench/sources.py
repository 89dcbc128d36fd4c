"""Records a second and peak memory of containers, beside the barest loop over the same file in the same run.

    python -m bench.sources [--pages 506] [--times 20]

The containers hold the first `--pages` raw pages of ../shared/data/web_pages, once and `--times` times over, as JSON
Lines (plain, gzip, zstd) and as WARC with one gzip member a record. Peers: `json.loads` over the lines that
`gzip` or pyarrow unpack, and fastwarc's iterator reading every payload; neither hashes, dates, names or caps anything.
Peak memory is `VmHWM` of a fresh process that reads the container, less that of one that only imports.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.common import print_table, shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MIB = 1 << 20


def raw_pages(folder: Path, count: int) -> list[tuple[str, bytes]]:
    """Return (address, bytes) of the first `count` public pages."""
    entries = json.loads((folder / "index.json").read_text("utf-8"))[:count]
    pages = []
    for entry in entries:
        content = gzip.decompress((folder / "html" / f"{entry['id']}.html.gz").read_bytes())
        pages.append((f"https://{entry['domain']}/{entry['id']}", content))
    return pages


def write_jsonl(path: Path, pages: list[tuple[str, bytes]], times: int) -> None:
    """Write JSON Lines, compressed as the name says."""
    import pyarrow as pa

    lines = [
        json.dumps({"url": url, "html": content.decode("utf-8", "replace"), "fetched_at": 1_700_000_000})
        + "\n"
        for url, content in pages
    ]
    with (
        gzip.open(path, "wb", 6) if path.suffix == ".gz" else pa.output_stream(path) as stream
    ):  # zstd by its name
        for _ in range(times):
            for line in lines:
                stream.write(line.encode())


def write_warc(path: Path, pages: list[tuple[str, bytes]], times: int) -> None:
    """Write a WARC file with one gzip member a record, as crawlers do."""
    members = [gzip.compress(_record(url, content), 6) for url, content in pages]
    with path.open("wb") as stream:
        for _ in range(times):
            stream.writelines(members)


def _record(url: str, content: bytes) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + content
    header = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-01-01T00:00:00Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return header.encode() + block + b"\r\n\r\n"


def ours(path: Path) -> int:
    """Return how many pages this project reads of a container."""
    from corpus.models import RawPage
    from corpus.settings import Settings
    from corpus.sources import open_sources

    return sum(isinstance(page, RawPage) for page in open_sources([str(path)], Settings()))


def json_loads(path: Path) -> int:
    """Return how many lines `json.loads` reads."""
    return sum(bool(json.loads(line)["html"]) for line in _lines(path))


def _lines(path: Path) -> Iterator[bytes]:
    import pyarrow as pa

    if path.suffix == ".zst":
        rest = b""
        with pa.input_stream(path) as stream:
            while piece := stream.read(MIB):
                *lines, rest = (rest + piece).split(b"\n")
                yield from lines
    else:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            yield from stream


def fastwarc_iteration(path: Path) -> int:
    """Return how many payloads fastwarc reads."""
    from fastwarc.warc import ArchiveIterator

    with path.open("rb") as stream:
        return sum(bool(record.reader.read()) for record in ArchiveIterator(stream, auto_decode="all"))


CONTAINERS: dict[str, tuple[Callable[[Path, list[tuple[str, bytes]], int], None], Callable[[Path], int]]] = {
    "pages.jsonl": (write_jsonl, json_loads),
    "pages.jsonl.gz": (write_jsonl, json_loads),
    "pages.jsonl.zst": (write_jsonl, json_loads),
    "pages.warc.gz": (write_warc, fastwarc_iteration),
}


def records_a_second(read: Callable[[Path], int], path: Path) -> tuple[int, float]:
    """Return how many records `read` finds, and how many a CPU second: the best of three readings."""
    seconds = []
    for _ in range(3):
        started = time.process_time()
        count = read(path)
        seconds.append(time.process_time() - started)
    return count, count / min(seconds)


def peak_mib(path: Path | None) -> float:
    """Return the peak memory of a process that reads `path`, or that only imports what reading needs."""
    program = (
        "import sys; from corpus.settings import Settings; from corpus.sources import open_sources\n"
        "for _ in open_sources(sys.argv[1:], Settings()): pass\n"
        "lines = open('/proc/self/status').read().splitlines()\n"
        "print(next(line.split()[1] for line in lines if line.startswith('VmHWM')))"
    )
    arguments = [str(path)] if path else []
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    return int(done.stdout) / 1024


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=506)
    parser.add_argument("--times", type=int, default=20)
    arguments = parser.parse_args()
    folder = shared("data/web_pages")
    if folder is None:
        return
    pages = raw_pages(folder, arguments.pages)
    size = sum(len(content) for _, content in pages)
    print(
        f"{len(pages)} pages of {folder.name}, {size / MIB:.0f} MiB of HTML; × {arguments.times} for memory"
    )
    idle = peak_mib(None)
    rows = []
    for name, (write, peer) in CONTAINERS.items():
        with tempfile.TemporaryDirectory() as temporary:
            path = Path(temporary) / name
            write(path, pages, 1)
            count, speed = records_a_second(ours, path)
            peer_count, peer_speed = records_a_second(peer, path)
            if not count == peer_count == len(pages):
                raise ValueError(
                    f"{name}: {count} pages read, {peer_count} by the peer, {len(pages)} written"
                )
            once = peak_mib(path) - idle
            write(path, pages, arguments.times)
            many = peak_mib(path) - idle
        peer_name = peer.__name__.replace("_", " ")
        rows.append((name, f"{speed:,.0f}", f"{peer_speed:,.0f} ({peer_name})", f"{once:.1f}", f"{many:.1f}"))
    header = ("container", "pages a CPU s", "peer", "MiB at × 1", f"MiB at × {arguments.times}")
    print_table("Containers: speed, and memory above an idle process", header, rows)


if __name__ == "__main__":
    main()
