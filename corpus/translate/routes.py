"""Ways into English through installed language pairs, and one name for each language."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from corpus.translate.engine import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterable

    Pair = tuple[str, str]

PIVOTS = ("es", "ca", "pt", "fr", "it")
"""Pivots in the order of trust, where chains are equally long.

Spanish before Catalan by chrF on the 150 news sentences of each of `translation_*_eng.tsv` (bench/translation.py):
Italian 47.6 through Spanish and 46.5 through Catalan, French 40.9 and 40.5. Catalan knows more words (8 % unknown
against 14 % for Italian), but reads worse. The rest were not compared: shorter is better, then this order, then the
alphabet.
"""

TAGS = {
    "afr": "af", "arg": "an", "ara": "ar", "ast": "ast", "bel": "be", "bre": "br", "bul": "bg", "cat": "ca",
    "cym": "cy", "dan": "da", "deu": "de", "eng": "en", "epo": "eo", "eus": "eu", "fra": "fr", "glg": "gl",
    "hbs": "sh", "hin": "hi", "ind": "id", "isl": "is", "ita": "it", "kaz": "kk", "mkd": "mk", "mlt": "mt",
    "nld": "nl", "nno": "nn", "nob": "nb", "oci": "oc", "pol": "pl", "por": "pt", "ron": "ro", "rus": "ru",
    "slv": "sl", "spa": "es", "srd": "sc", "swe": "sv", "tat": "tt", "tur": "tr", "ukr": "uk", "urd": "ur",
    "zho": "zh", "zt": "zh-Hant",
}  # fmt: skip


VARIANTS = {"zh": ("zh-Hans", "zh-Hant")}
"""The tags that sentences carry of a language whose pairs name it without its script."""


def language_code(code: str) -> str:
    """Return the BCP 47 tag of `code`, an ISO 639-1 or 639-3 code or Argos' `zt`; an unknown one is returned as is."""
    return TAGS.get(code, code)


def routes_to_english(pairs: Iterable[Pair]) -> dict[str, tuple[str, ...]]:
    """Map each language that can reach English to its best chain, e.g. `{"it": ("it", "es", "en")}`.

    Breadth first from English: the fewest pairs win, among equals the earlier pivot of `PIVOTS`.
    """
    sources: dict[str, set[str]] = {}
    for source, target in pairs:
        if source != target:
            sources.setdefault(target, set()).add(source)
    routes: dict[str, tuple[str, ...]] = {ENGLISH: (ENGLISH,)}
    waiting = deque([ENGLISH])
    while waiting:
        target = waiting.popleft()
        for source in sorted(sources.get(target, ()), key=_trust):
            if source not in routes:
                routes[source] = (source, *routes[target])
                waiting.append(source)
    del routes[ENGLISH]
    return routes


def _trust(language: str) -> tuple[int, str]:
    return (PIVOTS.index(language) if language in PIVOTS else len(PIVOTS), language)
