"""Several sources are one stream: all that is named, each once, in order; what is wrong with a name is said first."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from source_files import SMALL, contents, everything, gz, lines, only_rejected, opened, response, zstd

from corpus.errors import SourceError
from corpus.identity import content_hash
from corpus.models import RawPage, RejectedPage, Sourced
from corpus.settings import Settings
from corpus.sources import open_sources, uri_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def write(path: Path, content: bytes | str = "text") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "in" / "b.html", "b")
    write(tmp_path / "in" / "sub" / "a.txt", "sub a")
    write(tmp_path / "in" / "c.JSONL", lines({"text": "c1"}, {"text": "c2"}))
    write(tmp_path / "in" / "d.warc.gz", gz(response(b"<p>d")))
    write(tmp_path / "in" / "e.png", "no")
    write(tmp_path / "in" / "f.json", "{}")
    write(tmp_path / "in" / "b.html.meta.json", "{}")
    write(tmp_path / "in" / ".hidden" / "g.txt", "no")
    return tmp_path / "in"


def test_pages_and_containers_come_in_order_of_path_then_stdin(folder: Path) -> None:
    stream = opened("-", folder, stdin=io.BytesIO(b"piped"))
    assert (stream.total, stream.ignored) == (None, 2)
    assert contents(list(stream)) == [b"b", b"c1", b"c2", b"<p>d", b"sub a", b"piped"]
    assert list(stream) == []


def test_the_total_is_known_of_pages_and_addresses_only(folder: Path) -> None:
    urls = write(folder / "list", "# two\nhttps://a.example/1\n\nhttps://a.example/2\nnonsense\n")
    assert opened(folder / "b.html", folder / "sub", f"urls:{urls}", "https://a.example/1").total == 5
    assert opened(folder).total is None
    assert opened("-", stdin=io.BytesIO(b"")).total is None


def test_overlapping_names_give_each_file_once(folder: Path) -> None:
    names = [folder, folder / "c.JSONL", f"{folder}/../in/c.JSONL", f"{folder}/*.html", f"{folder}/**/*.txt"]
    assert contents(everything(*names)) == contents(everything(folder))


def test_a_named_file_with_another_extension_is_a_page(folder: Path) -> None:
    assert contents(everything(folder / "f.json")) == [b"{}"]


def test_a_folder_called_like_a_container_is_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "x.jsonl" / "y.warc" / "a.txt", "a")
    assert contents(everything(tmp_path)) == [b"a"]
    assert contents(everything(tmp_path / "x.jsonl")) == [b"a"]
    assert contents(everything(f"{tmp_path}/*.jsonl")) == [b"a"]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["nowhere.jsonl"], "does not exist"),
        (["none-*.warc"], "no file matches"),
        (["-", "-"], "twice"),
        (["urls:nowhere"], "cannot be read"),
        (["urls:."], "not a regular file"),
        (["https://"], "no web address"),
        (["http://[::1"], "no web address"),
        (["~nobody-of-that-name/x.txt"], "does not exist"),
        (["a\0b"], "does not exist"),
        (["a\0b/*/c?"], "does not exist"),
        ([""], "does not exist"),
    ],
)
def test_what_is_wrong_with_a_name_is_said_before_the_first_page(names: list[str], words: str) -> None:
    with pytest.raises(SourceError, match=words):
        open_sources(names, SMALL, stdin=io.BytesIO())


def test_a_closed_standard_input_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(SourceError, match="closed"):
        open_sources(["-"], SMALL)


def test_a_file_that_is_gone_when_its_turn_comes_is_rejected(folder: Path) -> None:
    stream = opened(folder)
    for name in ("b.html", "c.JSONL", "d.warc.gz"):
        (folder / name).unlink()
    assert contents(list(stream)) == ["unreadable"] * 3 + [b"sub a"]


def test_pipes_devices_loops_and_broken_links_end_in_reasons(tmp_path: Path) -> None:
    for name in ("pipe.txt", "pipe.jsonl", "pipe.warc.gz"):
        os.mkfifo(tmp_path / name)
    for name in ("zero.jsonl", "zero.txt"):
        (tmp_path / name).symlink_to("/dev/zero")
    (tmp_path / "gone.wet").symlink_to(tmp_path / "nowhere")
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    found = everything(tmp_path)
    assert contents(found) == ["unreadable"] * 7
    assert len({item.page.uri for item in found if isinstance(item, RejectedPage)}) == 7


@pytest.mark.parametrize(
    "name", [b"a\nb.jsonl", b"\xff\xfe.jsonl", b"a b#1?.jsonl", b"%41.jsonl", b"x" * 249 + b".jsonl"]
)
def test_any_file_name_makes_addresses_of_its_own(tmp_path: Path, name: bytes) -> None:
    path = write(tmp_path / os.fsdecode(name), lines({"text": "a"}))
    page_path = write(tmp_path / os.fsdecode(name.replace(b"jsonl", b"html")), "b")
    found = everything(tmp_path)
    assert [item.uri for item in found if isinstance(item, RawPage)] == [
        uri_of(page_path),
        f"{uri_of(path)}#1",
    ]
    assert all(item.uri.isascii() and item.uri.isprintable() for item in found if isinstance(item, RawPage))
    assert uri_of(path).count("#") == 0


UNPRIVILEGED = """
import os, sys
from corpus.errors import SourceError
from corpus.settings import Settings
from corpus.sources import open_sources
list(open_sources([sys.argv[1] + "/ok"], Settings()))
if os.geteuid() == 0:
    os.setegid(65534), os.seteuid(65534)
print([page.code for page in open_sources([sys.argv[1] + "/files"], Settings())])
for name in (sys.argv[1] + "/folder", "urls:" + sys.argv[1] + "/files/p.txt"):
    try:
        open_sources([name], Settings())
    except SourceError as error:
        print(error)
"""


def test_unreadable_files_are_rejected_and_unreadable_folders_end_the_run() -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as temporary:  # pytest's own folders are closed to others
        root = Path(temporary)
        root.chmod(0o755)
        for name in ("ok/p.txt", "files/p.txt", "files/q.jsonl", "files/r.warc.gz", "folder/closed/p.txt"):
            write(root / name, "text")
        for closed in [*(root / "files").iterdir(), root / "folder" / "closed"]:
            closed.chmod(0)
        done = subprocess.run(
            [sys.executable, "-c", UNPRIVILEGED, temporary], capture_output=True, text=True, check=True
        )
        (root / "folder" / "closed").chmod(0o755)
    rejected, folder, urls = done.stdout.splitlines()
    assert rejected == str(["unreadable"] * 3)
    assert "cannot be listed: Permission denied" in folder
    assert "cannot be read: Permission denied" in urls


def piped(data: bytes) -> list[RawPage | RejectedPage]:
    return everything("-", stdin=io.BytesIO(data))


def test_standard_input_is_told_from_its_first_bytes() -> None:
    jsonl, warc = lines({"text": "a"}, b"nonsense", {"text": "b"}), response(b"<p>w") * 2
    for pack in (bytes, gz, zstd, lambda data: zstd(gz(data))):
        assert contents(piped(pack(jsonl))) == [b"a", "bad-record", b"b"]
        assert contents(piped(pack(b"\xef\xbb\xbf\n" + jsonl))) == [b"a", "bad-record", b"b"]
        assert contents(piped(pack(warc))) == [b"<p>w", b"<p>w"]
        assert contents(piped(pack(b"{no json}\n<p>page"))) == [b"{no json}\n<p>page"]
        assert contents(piped(pack(b"<p>page"))) == [b"<p>page"]


def test_a_page_from_standard_input_is_named_by_its_content() -> None:
    (page,) = piped(b"page")
    assert isinstance(page, RawPage)
    assert (page.uri, page.fetched_at) == (f"stdin:{content_hash(b'page')[:16]}", None)
    named, unnamed = piped(lines({"text": "a", "url": "https://a.example"}, {"text": "page"}))
    assert isinstance(named, RawPage)
    assert isinstance(unnamed, RawPage)
    assert (named.uri, unnamed.uri) == ("https://a.example", page.uri)


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty"), (gz(b""), "empty"), (b"x" * 1_001, "too-large"), (gz(b"x" * 90)[:-9], "damaged")],
)
def test_a_bad_standard_input_is_a_rejected_page(data: bytes, code: str) -> None:
    assert contents(piped(data)) == [code]


def test_a_first_line_without_an_end_is_not_held() -> None:
    assert contents(piped(b'{"text": "' + b"x" * 20_000_000)) == ["too-large"]


def test_standard_input_of_a_process_is_read() -> None:
    program = (
        "from corpus.settings import Settings; from corpus.sources import open_sources\n"
        "print([page.content for page in open_sources(['-'], Settings())])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=lines({"text": "a"}), capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == "[b'a']"


def test_lines_of_a_list_that_are_no_addresses_are_rejected(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf# list\n\nftp://a.example\n  \nhttp://[x\n" + b"h" * 70_000 + b"\n\xff\xfe\n"
    found = everything(f"urls:{write(tmp_path / 'urls', data)}")
    assert contents(found) == ["bad-record"] * 4
    assert [item.page.uri for item in found if isinstance(item, RejectedPage)] == [
        f"{uri_of(tmp_path / 'urls')}#{number}" for number in (3, 5, 6, 7)
    ]
    assert "'ftp://a.example'" in found[0].reason if isinstance(found[0], RejectedPage) else False


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = self.path == "/page"
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<p>fetched" if page else b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        pass


@pytest.fixture
def site() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_named_addresses_are_fetched_once_after_the_files(tmp_path: Path, site: str) -> None:
    file = write(tmp_path / "a.txt", "file")
    urls = write(tmp_path / "urls", f"{site}/page\n{site}/gone\n")
    settings = Settings(fetch_private=True, fetch_delay_seconds=0)
    found = everything(f"urls:{urls}", f"{site}/page", file, settings=settings)
    assert found[0].uri == uri_of(file) if isinstance(found[0], RawPage) else False
    assert len(found) == 3
    (page,) = (item for item in found[1:] if isinstance(item, RawPage))
    assert (page.content, page.url is not None) == (b"<p>fetched", True)
    assert "404" in only_rejected(found).reason


def test_an_empty_file_is_rejected_as_empty(tmp_path: Path) -> None:
    assert contents(everything(write(tmp_path / "a.txt", b""))) == ["empty"]


def test_a_sidecar_and_a_mirrors_path_are_read_in_a_stream_too(tmp_path: Path) -> None:
    write(tmp_path / "a.txt.meta.json", '{"url": "https://a.example/s"}')
    (page,) = everything(write(tmp_path / "a.txt"))
    assert isinstance(page, RawPage)
    assert page.url == Sourced("https://a.example/s", "sidecar")
