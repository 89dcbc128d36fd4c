"""Bodies are unpacked in small steps: never more in memory than is allowed, never less than was sent."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import PageError
from corpus.fetch.body import read

if TYPE_CHECKING:
    from collections.abc import Iterator


def raw_deflate(data: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return machine.compress(data) + machine.flush()


PACKERS = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "X-GZip ": gzip.compress,
    "deflate": zlib.compress,
    " deflate": raw_deflate,
}


def cut(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    for size in sizes:
        yield data[:size]
        data = data[size:]
    yield data


@given(
    st.sampled_from(sorted(PACKERS)),
    st.binary(max_size=300),
    st.integers(1, 2_000),
    st.lists(st.integers(0, 50)),
)
def test_what_was_packed_comes_out_however_it_was_cut(
    encoding: str, seed: bytes, times: int, sizes: list[int]
) -> None:
    data = seed * times
    assert read(cut(PACKERS[encoding](data), sizes), encoding, len(data)) == (data, False)


def test_noise_that_does_not_pack_comes_out() -> None:
    data = random.Random(1).randbytes(1_000_000)  # noqa: S311 - noise, no secret
    assert read(cut(gzip.compress(data), [65_536] * 10), "gzip", len(data)) == (data, False)


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate"])
def test_one_byte_more_than_allowed_is_told(encoding: str) -> None:
    assert read([PACKERS[encoding](b"abcd")], encoding, 3) == (b"abc", True)


def test_gzip_files_after_one_another_are_one_body_and_padding_is_none() -> None:
    assert read([gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 9], "gzip", 100) == (
        b"one two",
        False,
    )


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_takes_no_more_memory_than_is_allowed(encoding: str) -> None:
    machine = zlib.compressobj(9, wbits=31 if encoding == "gzip" else 15)
    bomb = b"".join([*(machine.compress(bytes(1_000_000)) for _ in range(200)), machine.flush()])
    tracemalloc.start()
    content, more = read([bomb], encoding, 1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert more
    assert len(content) == 1_000_000
    assert peak < 8_000_000


def test_packed_bytes_that_unpack_to_nothing_are_limited_too() -> None:
    empty = gzip.compress(b"")
    with pytest.raises(PageError) as caught:
        read([empty * 3_000] * 10, "gzip", 1_000)
    assert caught.value.code == "too-large"


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(PageError, match="was not asked for"):
        read([b"anything"], encoding, 100)


@pytest.mark.parametrize(
    ("data", "code"), [(gzip.compress(b"page" * 99)[:-9], "unreachable"), (b"\x1f\x8bnonsense", "http-error")]
)
def test_a_packed_body_that_breaks_off_or_is_damaged_is_no_page(data: bytes, code: str) -> None:
    with pytest.raises(PageError) as caught:
        read([data], "gzip", 10_000)
    assert caught.value.code == code


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate"]))
def test_any_bytes_are_a_body_or_a_reason(data: bytes, encoding: str) -> None:
    try:
        content, _ = read([data], encoding, 100)
    except PageError:
        return
    assert len(content) <= 100
