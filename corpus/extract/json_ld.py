"""JSON-LD as pages really write it: comments, CDATA, trailing commas, `@graph`, references, several types."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Item = dict[str, Any]

_OPENING = re.compile(r"\s*+(?:<!\[CDATA\[|<!--|/\*\s*+<!\[CDATA\[\s*+\*/|//\s*+<!\[CDATA\[)")
_CLOSING = ("/*]]>*/", "//]]>", "]]>", "-->", ";", "/* ]]> */", "// ]]>")
# A string, or what no JSON may hold outside of one: a comment, a comma before a closing bracket.
_REPAIR = re.compile(
    r'("(?:[^"\\]++|\\.)*+(?:"|\Z))|/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)|(?<!:)//[^\n]*+|,(?=\s*+[}\]])',
    re.S,
)
_MAX_ITEMS = 2_000
_MAX_DEPTH = 12


def read_items(scripts: Iterable[str]) -> list[Item]:
    """Return every object of the scripts that has a type or an identity, outer ones before what they hold."""
    items: list[Item] = []
    for body in scripts:
        for item in _flatten(_loaded(body), 0):
            items.append(item)
            if len(items) >= _MAX_ITEMS:
                return items
    return items


def _loaded(body: str) -> Any:
    for text in (body, _repaired(body)):
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _repaired(body: str) -> str:
    text = body.strip()
    if opening := _OPENING.match(text):
        text = text[opening.end() :]
    while ending := next((sign for sign in _CLOSING if text.endswith(sign)), ""):
        text = text.removesuffix(ending).rstrip()
    return _REPAIR.sub(lambda match: match[1] or "", text)


def _flatten(data: Any, depth: int) -> Iterator[Item]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(data, list):
        for item in data[:500]:
            yield from _flatten(item, depth + 1)
    elif isinstance(data, dict):
        if "@type" in data or "@id" in data:
            yield data
        for value in data.values():
            if isinstance(value, (dict, list)):
                yield from _flatten(value, depth + 1)


def types(item: Item) -> frozenset[str]:
    """Return the types of an object in lower case, without the vocabulary's address."""
    kinds = item.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return frozenset(str(name).rpartition("/")[2].rpartition(":")[2].lower() for name in names[:10] if name)


def resolved(value: Any, by_identity: dict[str, Item]) -> Any:
    """Return what a reference by `@id` means, for one value or each of a list."""
    if isinstance(value, list):
        return [resolved(item, by_identity) for item in value[:50]]
    if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
        return by_identity.get(value["@id"], value)
    return value


def identities(items: Iterable[Item]) -> dict[str, Item]:
    """Return the objects that have an `@id` and a name, by it."""
    return {item["@id"]: item for item in items if isinstance(item.get("@id"), str) and "name" in item}


def string(value: Any) -> str:
    """Return a value or the first of a list as text, or an empty string where it is neither."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@value")
    return value if isinstance(value, str) else ""
