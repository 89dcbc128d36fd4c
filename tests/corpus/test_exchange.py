from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus.errors import SettingsError
from corpus.exchange import DamagedError, Place, read, write
from corpus.exchange.columns import columns
from corpus.models import Advice, Kind, ParsedPage, RawPage, RejectedPage, Rereading, Span, Translation

if TYPE_CHECKING:
    from pathlib import Path

LABELS = {"kind": "test", "of": "this"}
st.register_type_strategy(int, st.integers(-(2**63), 2**63 - 1))
st.register_type_strategy(float, st.floats(allow_nan=False))
TRAVELLERS = (
    RawPage,
    Rereading,
    ParsedPage,
    RejectedPage,
    Translation,
    Advice,
    tuple[str, str, str, bool, str],
    tuple[Advice | None, str | None],
)


@pytest.mark.parametrize("kind", TRAVELLERS, ids=str)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_every_value_comes_back_as_it_went(kind: Any, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.from_type(kind), max_size=3))
    sent = write(kind, values, LABELS)
    assert read(kind, sent, LABELS, len(values)) == values
    assert write(kind, values, LABELS) == sent, "the same values have the same name"


def test_vectors_come_back_to_the_last_bit() -> None:
    vectors = list(np.random.default_rng(1).normal(size=(5, 384)).astype(np.float32))
    back = read(NDArray[np.float32], write(NDArray[np.float32], vectors, LABELS), LABELS)
    assert np.array_equal(np.stack(back), np.stack(vectors))
    assert back[0].dtype == np.float32


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_bytes_that_are_no_file_are_damaged(data: bytes) -> None:
    with pytest.raises(DamagedError):
        read(Translation, data, LABELS)


@settings(deadline=None)
@given(st.data())
def test_a_file_with_flipped_or_missing_bytes_is_damaged_or_some_values(data: st.DataObject) -> None:
    sent = bytearray(write(Translation, [Translation("a", "it", "b", "translated", "e")] * 3, LABELS))
    place = data.draw(st.integers(0, len(sent) - 1))
    sent[place] ^= data.draw(st.integers(1, 255))
    cut = bytes(sent[: data.draw(st.integers(0, len(sent)))])
    for found in (bytes(sent), cut):
        try:
            values = read(Translation, found, LABELS, 3)
        except DamagedError:
            continue
        assert [type(value) for value in values] == [Translation] * 3


@pytest.mark.parametrize(
    ("kind", "values", "labels"),
    [
        (Span, [Span(0, 1)], {"kind": "test", "of": "that"}),
        (Span, [Span(0, 1)], {}),
        (str, ["0"], LABELS),
        (Span, [], LABELS),
    ],
    ids=["of another request", "of nothing", "other columns", "too few"],
)
def test_a_file_of_something_else_is_refused(kind: Any, values: list[Any], labels: dict[str, str]) -> None:
    with pytest.raises(DamagedError):
        read(Span, write(kind, values, labels), LABELS, 1)


def test_what_no_value_can_be_is_refused() -> None:
    for kind, array in (
        (Kind, pa.array(["essay"])),
        (Translation, pa.array([None], columns(Translation).arrow)),
        (str, pa.array([None], pa.string())),
        (tuple[str, ...], pa.array([["a", None]])),
    ):
        with pytest.raises(ValueError, match=r"essay|nothing"):
            columns(kind).values(array)


def test_a_type_without_a_column_is_refused_when_it_is_named() -> None:
    for kind in (object, dict[str, str], str | int):
        with pytest.raises(TypeError, match="no column"):
            columns(kind)


@pytest.fixture(params=["folder", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A folder, and a store that is none: what object stores are to fsspec."""
    return Place(str(tmp_path / "a" / "b") if request.param == "folder" else f"memory://{tmp_path.name}")


def test_a_place_keeps_what_it_is_given(place: Place) -> None:
    assert place.names() == []
    assert "one" not in place
    place.put("one", b"12345")
    place.put("one", b"123")
    assert "one" in place
    assert place.names() == ["one"]
    assert place.get("one", 3) == b"123"
    assert place.get("one", 2) is None, "longer than anybody asked for"
    place.remove("one")
    place.remove("one")
    assert place.get("one", 3) is None


def test_an_empty_file_is_a_file(place: Place) -> None:
    place.put("none", b"")
    assert "none" in place
    assert place.get("none", 1) == b""


@pytest.mark.parametrize("url", ["nosuch://bucket/folder", "s3://bucket/folder", "/proc/none"])
def test_a_place_that_cannot_be_used_is_a_setting_to_mend(url: str) -> None:
    with pytest.raises(SettingsError, match="setting exchange"):
        Place(url)


def test_no_number_is_lost_on_the_way() -> None:
    values = [math.pi, -0.0, 5e-324, math.inf]
    assert read(float, write(float, values, LABELS), LABELS) == values
