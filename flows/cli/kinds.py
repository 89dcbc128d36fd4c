"""A colour for each family of kinds, readable on black and on white: a contrast of 4.2 or more against both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

BY_SETTING = "color(28)"
_ARTICLE = "article"
_OTHER = "color(131)"
_FAMILIES = (
    ("of the page itself", "color(30)", ("title", "byline")),
    ("people", "color(130)", ("comment", "author_box")),
    ("ways to elsewhere", "color(63)", ("navigation", "related")),
    ("widgets", "color(164)", ("cookie", "share", "newsletter", "promotion")),
    ("foot of the site", _OTHER, ("footer", "legal", "other")),
    ("nothing to read", "color(243)", ("markup", "blank")),
)
_STYLES = {kind: style for _, style, kinds in _FAMILIES for kind in kinds}


def style_of(kind: str, *, kept: bool) -> str:
    """Return the style of a piece: none for the article, green for what the setting keep_kinds keeps beside it."""
    if kept:
        return "" if kind == _ARTICLE else BY_SETTING
    return _STYLES.get(kind, _OTHER)


def sign_of(kind: str, *, kept: bool) -> str:
    """Return what stands for the colour where there is none."""
    return "-" if not kept else " " if kind == _ARTICLE else "+"


def legend(verdicts: Iterable[tuple[str, bool]]) -> Text:
    """Return the families of the kinds that occur, each in its colour, with the signs."""
    occurring = set(verdicts)
    drawn = Text("  article")
    if any(kept and kind != _ARTICLE for kind, kept in occurring):
        drawn.append("   ").append("+ kept by the setting keep_kinds", style=BY_SETTING)
    dropped = {kind for kind, kept in occurring if not kept}
    for family, style, kinds in _FAMILIES:
        if found := [kind for kind in kinds if kind in dropped]:
            drawn.append("   ").append(f"- {family}: {', '.join(found)}", style=style)
    if unknown := sorted(dropped - _STYLES.keys()):
        drawn.append("   ").append(f"- {', '.join(unknown)}", style=_OTHER)
    return drawn
