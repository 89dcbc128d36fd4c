"""What the script of a text says of its language: Han, kana and hangul speak for themselves."""

from __future__ import annotations

from functools import cache

_SHARE = 0.3
_KANA_BESIDE_HAN = 0.05
HAN_WEIGHT = 3
"""An ideograph says as much as three letters."""


def is_han(character: str) -> bool:
    """Whether a character is an ideograph."""
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"


def count_letters(text: str) -> int:
    """Count letters, an ideograph for three."""
    return sum(HAN_WEIGHT if is_han(c) else 1 for c in text if c.isalpha())


def by_script(text: str) -> str | None:
    """Return the language that is told by the script alone: `ja`, `ko`, `zh-Hans`, `zh-Hant` or `zh`."""
    letters = sum(character.isalpha() for character in text)
    kana = sum("\u3040" <= c <= "\u30ff" for c in text)
    hangul = sum("\uac00" <= c <= "\ud7af" or "\u1100" <= c <= "\u11ff" for c in text)
    han = sum(map(is_han, text))
    if not kana + hangul + han:
        return None
    if kana + han >= letters * _SHARE and kana > han * _KANA_BESIDE_HAN:
        return "ja"
    if hangul >= letters * _SHARE:
        return "ko"
    return _chinese(text) if han >= letters * _SHARE else None


def _chinese(text: str) -> str:
    """Tell simplified from traditional writing by the characters that only one of them has; `zh` where none is."""
    simplified, traditional = (sum(c in own for c in text) for own in _characters())
    if simplified == traditional:
        return "zh"
    return "zh-Hans" if simplified > traditional else "zh-Hant"


@cache
def _characters() -> tuple[frozenset[str], frozenset[str]]:
    """Return what only simplified and only traditional writing has: what one of GB 2312 and Big 5 can encode."""
    han = [chr(code) for code in range(0x4E00, 0xA000)]
    gb2312, big5 = (frozenset(c for c in han if _encodes(c, charset)) for charset in ("gb2312", "big5"))
    return gb2312 - big5, big5 - gb2312


def _encodes(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
