"""Words as search matches them: the stem of a word, by the rules of its language.

Stems are those of Snowball (Porter 2001), whose algorithms PyStemmer runs; a language without one keeps its words.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from corpus.language import primary

if TYPE_CHECKING:
    from collections.abc import Sequence

_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian",
    "nb": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish",
    "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


def stems(words: Sequence[str], language: str) -> list[str]:
    """Return the stem of each word, in small letters, of a language (a BCP 47 tag), in order."""
    stemmer = _stemmer(_ALGORITHMS.get(primary(language)))
    return list(words) if stemmer is None else list(stemmer.stemWords(list(words)))


@cache
def _stemmer(algorithm: str | None) -> Any:
    import Stemmer

    return Stemmer.Stemmer(algorithm) if algorithm in Stemmer.algorithms() else None
