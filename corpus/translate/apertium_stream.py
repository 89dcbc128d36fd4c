r"""Apertium's stream format: text in, text out, and what the marks say.

In the stream `[…]` is a superblank, passed through by every tool, `\` escapes a sign of the format, and the
unescaped marks `*word`, `@word` and `#word` stand before words that the analyser, the bilingual dictionary and
the generator did not know. Source: https://wiki.apertium.org/wiki/Apertium_stream_format
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus.translate.texts import Source

_SIGNS = re.compile(r"[*@#\\/\[\]{}<>^$~|_=%`&+]+|[^\S ]+| {2,}")
_RESERVED = re.compile(r"[\\/\[\]{}<>^$*@#]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_PIECE = re.compile(r"(?P<blank>\[(?:\\.|[^\]\\])*\])|\\.|(?P<mark>[*@#])(?P<word>[\w'’-]*)", re.DOTALL)
_BLANK = re.compile(r"\[((?:\\.|[^\]\\])*)\]", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NAME = re.compile(r"\w+(?: \w+)*")
END = "[]"
"""The last blank of every stream."""
_FULL_STOP = f".{END}"
"""Tells the tagger that the sentence ends here, as `apertium-destxt` does; the blank says it is not the author's."""


def encode(source: Source, *, around: bool = False) -> str:
    """Return a sentence as a stream; what is kept and the signs of the format go through as superblanks.

    Kept words without signs go in plain, so that the grammar sees a word there, unless `around` asks otherwise.
    """
    pieces = (
        _superblank(_clean(piece)) if is_kept and (around or not _NAME.fullmatch(piece)) else _signs(piece)
        for is_kept, piece in source.pieces()
    )
    return "".join([*pieces, _FULL_STOP])


def unmark(stream: str, *, is_last: bool = True) -> tuple[str, Counter[str]]:
    """Return the stream without marks, and how often each marked word (lower case) was marked.

    Before the last step of a chain, what only the generator did not know is the right word already, in its basic form.
    """
    words: Counter[str] = Counter()

    def keep(match: re.Match[str]) -> str:
        if match["mark"] is None:
            return match.group()
        if is_last or match["mark"] != "#":
            words[match["word"].lower()] += 1
        return match["word"]

    return _PIECE.sub(keep, stream), words


def decode(stream: str) -> str:
    """Return the text of a stream that came back, without the full stop that `encode` added."""
    body = stream.removesuffix(END).removesuffix(".")
    return _ESCAPED.sub(r"\1", _BLANK.sub(r"\1", body))


def _signs(text: str) -> str:
    return _SIGNS.sub(lambda match: _superblank(match.group()), _clean(text))


def _clean(text: str) -> str:
    return _CONTROL.sub(" ", text).encode("utf-8", "replace").decode("utf-8")


def _superblank(text: str) -> str:
    return "[" + _RESERVED.sub(r"\\\g<0>", text) + "]" if text else ""
