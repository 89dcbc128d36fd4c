"""One column of values and its labels as the bytes of one Arrow file, uncompressed: what lies there is what it takes.

A file from elsewhere is held to the type, the number of rows and the labels that were asked for, and every offset
in it is checked before a value is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corpus.exchange.columns import columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    Labels = Mapping[str, str]


class DamagedError(ValueError):
    """The bytes are not the file that was expected."""


def write(kind: Any, values: Sequence[Any], labels: Labels) -> bytes:
    """Return `values`, each of type `kind`, as an Arrow file; the same values and labels give the same bytes."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, _schema(kind, labels)) as writer:
        writer.write_batch(pa.record_batch([columns(kind).array(values)], schema=_schema(kind, labels)))
    return bytes(sink.getvalue().to_pybytes())


def read(kind: Any, data: bytes, labels: Labels, count: int | None = None) -> list[Any]:
    """Return the values of a file that `write` made with these labels; `count` is how many there must be.

    Raises DamagedError where it is another file, or none.
    """
    import pyarrow as pa

    try:
        table = pa.ipc.open_file(pa.BufferReader(data)).read_all()
        table.validate(full=True)
        if not table.schema.equals(_schema(kind, labels), check_metadata=True):
            raise DamagedError(f"a file with other columns or labels: {table.schema!s:.500}")
        if count is not None and len(table) != count:
            raise DamagedError(f"{len(table)} rows, where {count} were expected")
        return columns(kind).values(table.column("value"))
    except DamagedError:
        raise
    except (pa.ArrowException, ValueError, OSError) as error:
        raise DamagedError(f"not a file of this kind: {type(error).__name__}: {error}"[:500]) from error


def labels_of(data: bytes) -> dict[str, str]:
    """Return the labels of a file. Raises DamagedError where it is none."""
    import pyarrow as pa

    try:
        held = pa.ipc.open_file(pa.BufferReader(data)).schema.metadata or {}
        return {key.decode("utf-8"): value.decode("utf-8") for key, value in held.items()}
    except (pa.ArrowException, ValueError, OSError) as error:
        raise DamagedError(f"not an Arrow file: {error}"[:500]) from error


def _schema(kind: Any, labels: Labels) -> pa.Schema:
    import pyarrow as pa

    form = columns(kind)
    return pa.schema([pa.field("value", form.arrow, nullable=form.nullable)], dict(labels))
