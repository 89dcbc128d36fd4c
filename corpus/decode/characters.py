r"""Characters that no reader sees: line ends made `\n`, controls and hidden marks taken out, each kind noted."""

from __future__ import annotations

import re

_RTL = "\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
# Scripts that write or shape words with joiners, and emoji, which are put together with them.
_JOINING = f"{_RTL}\u0900-\u109f\u1780-\u18af\u1a00-\u1cff\ua800-\uabff\ufe0f\U00011000-\U000115ff"
_EMOJI = "\u00a9\u00ae\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
# Scripts without spaces, in which a zero-width space is the end of a word.
_UNSPACED = "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\uaa60-\uaa7f"
_TERMINAL = re.compile(r"\x1b(?:\[[0-9;?]{0,30}[A-Za-z]|\][^\x07\x1b\n]{0,300}(?:\x07|\x1b\\))")
_OVERSTRIKE = re.compile(r"[^\n\x08]\x08")
_C1 = re.compile("[\x80-\x9f]")
# The last two code points of every plane are no characters.
_LAST = "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
_CONTROLS = f"\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufff0-\ufffc{_LAST}"
_ZERO_WIDTH = "\u200b-\u200d\u2060-\u2065\ufeff"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
# What is taken out under which name: the characters that may be, and where they are.
_REMOVED = (
    # A flag of a region is a black flag and letters in tags; anywhere else tags are text that nobody sees.
    ("tag-characters-removed", "\U000e0000-\U000e007f",
     "(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]+"),
    ("variation-selectors-removed", _SELECTORS, f"(?<=[{_SELECTORS}])[{_SELECTORS}]+"),
    ("control-characters-removed", _CONTROLS, f"[{_CONTROLS}]"),
    # Overrides, embeddings and isolates reorder what is shown far beyond themselves: honest text reads the same
    # without them, and a hostile one no longer shows what it does not say (CVE-2021-42574).
    ("bidi-controls-removed", "\u202a-\u202e\u2066-\u206f", "[\u202a-\u202e\u2066-\u206f]"),
    ("soft-hyphens-removed", "\xad", "\xad"),
    ("zero-width-removed", _ZERO_WIDTH,
     f"[\u2060-\u2065\ufeff]|\u200b(?![{_UNSPACED}])|(?<![{_UNSPACED}])\u200b|(?<![{_JOINING}{_EMOJI}])[\u200c\u200d]"),
)  # fmt: skip
_PATTERNS = [(name, re.compile(f"[{signs}]"), re.compile(pattern)) for name, signs, pattern in _REMOVED]
_PLAIN = bytes([9, 10, *range(0x20, 0x7F)])
_MARKS = re.compile("[\u061c\u200e\u200f]")
_HAS_RTL = re.compile(f"[{_RTL}]")
_BREAKS = re.compile("[\x0b\x0c\u2028]")


def with_line_ends(text: str, repairs: list[str]) -> str:
    r"""Return text whose only line end is `\n`: CR LF and CR, form feeds, vertical tabs, U+2028; U+2029 is two."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    separators = sum(text.count(sign) for sign in "\x0b\x0c\u2028\u2029")
    if separators:
        repairs.append(f"line-separators:{separators}")
        text = _BREAKS.sub("\n", text).replace("\u2029", "\n\n")
    return text


def without_unseen(text: str, repairs: list[str]) -> str:
    """Return text without the characters that no reader sees and no honest page needs; note how many of which kind.

    What a script needs stays: joiners in Arabic, Indic scripts and emoji, zero-width spaces between words of Thai
    and its like, direction marks where a page has letters that run from right to left.
    """
    there = special(text)
    if _C1.search(there) or "\x1b" in there or "\x08" in there:
        text = _without_terminal(_c1_as_cp1252(text, repairs), repairs)
    for name, signs, pattern in _PATTERNS:
        if signs.search(there):
            text = _counted(pattern, "", text, name, repairs)
    if _MARKS.search(there) and not _HAS_RTL.search(there):
        text = _counted(_MARKS, "", text, "direction-marks-removed", repairs)
    return text


def special(text: str) -> str:
    """Return each character of a text once that is not printable ASCII: a regex over them costs nothing."""
    rest = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN)
    return "".join(set(rest.decode("utf-8", "surrogatepass")))


def _c1_as_cp1252(text: str, repairs: list[str]) -> str:
    """Read C1 controls as browsers do; U+0085 alone, in a text with no other line end, ends its lines."""
    if not (found := set(_C1.findall(text))):
        return text
    if found == {"\x85"} and "\n" not in text:
        return _counted(_C1, "\n", text, "line-separators", repairs)
    repairs.append(f"c1-read-as-cp1252:{len(text) - len(_C1.sub('', text))}")
    return text.translate({code: bytes((code,)).decode("cp1252", "ignore") for code in range(0x80, 0xA0)})


def _without_terminal(text: str, repairs: list[str]) -> str:
    if "\x1b" in text:
        text = _counted(_TERMINAL, "", text, "terminal-escapes-removed", repairs)
    return _counted(_OVERSTRIKE, "", text, "overstrikes-removed", repairs) if "\x08" in text else text


def _counted(pattern: re.Pattern[str], by: str, text: str, name: str, repairs: list[str]) -> str:
    text, count = pattern.subn(by, text)
    if count:
        repairs.append(f"{name}:{count}")
    return text
