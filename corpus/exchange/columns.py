"""Values as an Arrow column, and back to the very same values.

The type of a value decides its column: a dataclass or a tuple of fixed length is a struct, `tuple[T, ...]` and
`frozenset[T]` are lists, `T | None` may be null, a vector is a list of float32. Nothing that a column holds is code.
"""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    Convert = Callable[[Any], Any]

_PLAIN = {str: "string", bytes: "binary", int: "int64", float: "float64", bool: "bool_"}


@dataclass(frozen=True, slots=True)
class Columns:
    """How the values of one type stand in a column of type `arrow`."""

    arrow: pa.DataType
    into: Convert
    back: Convert
    nullable: bool = False

    def array(self, values: Sequence[Any]) -> pa.Array:
        """Return `values` as one column."""
        import pyarrow as pa

        return pa.array([self.into(value) for value in values], self.arrow)

    def values(self, array: pa.Array | pa.ChunkedArray) -> list[Any]:
        """Return what a column of this type holds. Raises ValueError where it holds what no value can be."""
        return [self.back(value) for value in array.to_pylist()]


@cache
def columns(kind: Any) -> Columns:
    """Return how values of the type `kind` are written. Raises TypeError for a type that has no column."""
    import pyarrow as pa

    if kind in _PLAIN:
        return Columns(getattr(pa, _PLAIN[kind])(), _same, _present)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is np.ndarray:
        return Columns(pa.list_(pa.float32()), _same, _vector)
    if origin in (typing.Union, types.UnionType):
        return _optional(arguments)
    if origin is Literal:
        return Columns(pa.string(), _same, _choice(arguments))
    if origin is frozenset:
        return _many(arguments[0], sorted, frozenset)
    if origin is tuple and arguments[-1] is Ellipsis:
        return _many(arguments[0], list, tuple)
    if origin is tuple:
        return _struct([(str(n), a) for n, a in enumerate(arguments)], tuple, lambda *values: values)
    if isinstance(kind, type) and issubclass(kind, enum.StrEnum):
        return Columns(pa.string(), str, kind)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _dataclass(kind)
    raise TypeError(f"no column is known for values of type {kind!r}")


def _dataclass(kind: type[Any]) -> Columns:
    hints = typing.get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    return _struct(
        [(name, hints[name]) for name in names], lambda value: [getattr(value, n) for n in names], kind
    )


def _struct(members: Sequence[tuple[str, Any]], take: Convert, make: Callable[..., Any]) -> Columns:
    import pyarrow as pa

    parts = [(name, columns(kind)) for name, kind in members]
    fields = [pa.field(name, part.arrow, nullable=part.nullable) for name, part in parts]

    def into(value: Any) -> dict[str, Any]:
        return {name: part.into(item) for (name, part), item in zip(parts, take(value), strict=True)}

    def back(value: Any) -> Any:
        return make(*(part.back(_present(value)[name]) for name, part in parts))

    return Columns(pa.struct(fields), into, back)


def _many(kind: Any, take: Convert, make: Convert) -> Columns:
    import pyarrow as pa

    part = columns(kind)
    field = pa.field("item", part.arrow, nullable=part.nullable)
    return Columns(
        pa.list_(field),
        lambda values: [part.into(value) for value in take(values)],
        lambda values: make(part.back(value) for value in _present(values)),
    )


def _optional(arguments: tuple[Any, ...]) -> Columns:
    kinds = [kind for kind in arguments if kind is not types.NoneType]
    if len(kinds) != 1 or len(arguments) != 2:
        raise TypeError(f"no column is known for values of several types: {arguments}")
    part = columns(kinds[0])
    return Columns(
        part.arrow,
        lambda value: None if value is None else part.into(value),
        lambda value: None if value is None else part.back(value),
        nullable=True,
    )


def _choice(choices: tuple[str, ...]) -> Convert:
    def back(value: Any) -> Any:
        if value not in choices:
            raise ValueError(f"{value!r}, where one of {choices} was expected")
        return value

    return back


def _same(value: Any) -> Any:
    return value


def _present(value: Any) -> Any:
    if value is None:
        raise ValueError("nothing, where a value was expected")
    return value


def _vector(value: Any) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.asarray(_present(value), np.float32)
