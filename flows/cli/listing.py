"""Answers for people: one paragraph a hit, a theme or a piece of advice. Page text is printed as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from flows.tables import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from warehouse import AdviceRow, DissentRow, Hit, ThemeRow

_INDENT = "   "


def show_hits(hits: Sequence[Hit], out: Console) -> None:
    """Print where each passage stands, the passage, and its English where it is another language."""
    for number, hit in enumerate(hits, 1):
        out.print(Text(f"{number}. {plain(hit.title) or '(no title)'}", style="bold"))
        date = f", {hit.published_on}" if hit.published_on else ""
        place = f"{plain(hit.host or hit.uri)}{date} [{hit.language}], lines {hit.first_line}-{hit.last_line}"
        _dim(out, f"{place}, {_scores(hit)}, {hit.passage_id}")
        _body(out, hit.text)
        _english(out, hit.text, hit.text_en, hit.trust)
        if hit.theme:
            _dim(out, f"theme: {plain(hit.theme)}")
        if hit.copies:
            _dim(out, f"also at: {plain(', '.join(hit.copies))}")
        out.print()


def _scores(hit: Hit) -> str:
    """Return the score and what it is made of."""
    words = f", words {hit.word_score:.1f}: {plain(', '.join(hit.words))}" if hit.word_score else ""
    return f"score {hit.score:.3f} (meaning {hit.similarity:.3f}{words})"


def show_themes(themes: Sequence[ThemeRow], out: Console) -> None:
    """Print each theme with its support and its most central advice."""
    for number, theme in enumerate(themes, 1):
        counts = (len(theme.sources), len(theme.languages), theme.advice_count)
        support = "{} sources, {} languages, {} pieces of advice".format(*counts)
        out.print(Text(f"{number}. {plain(theme.label)}", style="bold"), Text(f"  {support}", style="dim"))
        _dim(out, f"{theme.theme_id}  {', '.join(theme.languages)}  keywords: {plain(theme.keywords)}")
        if theme.parts:
            _dim(out, f"parts: {plain(' | '.join(theme.parts))}")
        if theme.dissent_count:
            _dim(
                out,
                f"{theme.dissent_count} pairs that contradict each other: cio-advice dissent --theme {theme.theme_id}",
            )
        if theme.example:
            _body(out, f"“{theme.example}”")
            _english(out, theme.example, theme.example_en)
        out.print()


def show_advice(rows: Sequence[AdviceRow], out: Console) -> None:
    """Print each sentence with its polarity, score, source and theme."""
    for row in rows:
        sign = "do   " if row.polarity == "do" else "don't"
        out.print(Text(f"{sign} {row.score:.2f}  ", style="bold"), Text(plain(row.sentence)), sep="")
        _english(out, row.sentence, row.sentence_en)
        theme = f", theme: {plain(row.theme)}" if row.theme else ""
        theme = f", for {row.target}{theme}" if row.target else theme
        _dim(out, f"{plain(row.source)} [{row.language}], line {row.first_line}{theme}, {row.advice_id}")


def show_dissent(rows: Sequence[DissentRow], out: Console) -> None:
    """Print each pair under its theme: who says do, who says don't, each in its words and in English."""
    for number, row in enumerate(rows, 1):
        out.print(
            Text(f"{number}. {plain(row.theme)}", style="bold"), Text(f"  {row.score:.2f}", style="dim")
        )
        for source, author, language, said, english in (
            (row.do_source, row.do_author, row.do_language, row.do_sentence, row.do_sentence_en),
            (row.dont_source, row.dont_author, row.dont_language, row.dont_sentence, row.dont_sentence_en),
        ):
            _body(out, f"“{said}”")
            _english(out, said, english)
            _dim(out, f"{plain(source)}{', ' + plain(author) if author else ''} [{language}]")
        out.print()


def _body(out: Console, text: str) -> None:
    out.print(Text("\n".join(_INDENT + line for line in plain(text).splitlines())))


def _english(out: Console, text: str, english: str | None, trust: float | None = None) -> None:
    if english is not None and english != text:
        trusted = "" if trust is None else f" (trust {trust:.2f})"
        out.print(Text(f"{_INDENT}in English{trusted}: {plain(english)}", style="italic"))


def _dim(out: Console, text: str) -> None:
    out.print(Text(_INDENT + text, style="dim"))
