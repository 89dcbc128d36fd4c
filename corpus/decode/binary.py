"""What is no text at all: known by how it starts, or by its control characters."""

from __future__ import annotations

import re

from corpus.errors import PageError

_BOM = b"\xef\xbb\xbf"
_MAGIC = (
    (rb"\x89PNG", "a PNG image"), (rb"\xff\xd8\xff", "a JPEG image"), (rb"GIF8[79]a", "a GIF image"),
    (rb"(?:II\*\0|MM\0\*)", "a TIFF image"), (rb"BM.{4}\0{4}", "a BMP image"), (rb"\0\0[\x01\x02]\0.\0", "an icon"),
    (rb"RIFF.{4}(?:WEBP|WAVE|AVI )", "an image, a sound or a film"), (rb"8BPS\0", "a Photoshop image"),
    (rb".{4}ftyp[a-zA-Z0-9 ]{4}", "a film or an image"), (rb"\x1aE\xdf\xa3", "a film"), (rb"OggS\0", "a sound"),
    (rb"ID3[\x02-\x04]\0", "a sound"), (rb"fLaC\0", "a sound"), (rb"\xff[\xfb\xf3\xf2][\x10-\xef]", "a sound"),
    (rb"%!PS-Adobe", "a PostScript document"), (rb"\{\\rtf[01]?[\\\s]", "an RTF document"),
    (rb"PK(?:\x03\x04|\x05\x06|\x07\x08)", "a ZIP archive or an office document"), (rb"Rar!\x1a\x07", "a RAR archive"),
    (rb"7z\xbc\xaf'\x1c", "a 7z archive"), (rb"\x1f\x8b", "gzip-compressed data"),
    (rb"\x1f[\x9d\xa0]", "compressed data"), (rb"\x28\xb5\x2f\xfd", "zstd-compressed data"),
    (rb"BZh[1-9]1AY&SY", "bzip2-compressed data"), (rb"\xfd7zXZ\0", "xz-compressed data"),
    (rb"\x04\x22\x4d\x18", "lz4-compressed data"), (rb"\x7fELF", "a program"), (rb"MZ[\x90\x50\0]\0", "a program"),
    (rb"(?:\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe|\0asm)", "a program"),
    (rb"SQLite format 3\0", "a database"), (rb".{8}DUCK[^ -~]", "a database"), (rb"PAR1", "a Parquet table"),
    (rb"ARROW1\0", "an Arrow table"), (rb"\x80[\x02-\x05][\x95(}\]c]", "a Python pickle"),
    (rb"\xd0\xcf\x11\xe0", "an office document"), (rb"AT&TFORM", "a DjVu document"),
    (rb"w(?:OFF|OF2)\0", "a font"), (rb"(?:\0\x01\0\0|OTTO)\0", "a font"), (rb".{257}ustar[\0 ]", "a tar archive"),
)  # fmt: skip
_MAGICS = [(re.compile(pattern, re.S), name) for pattern, name in _MAGIC]
_PDF = re.compile(rb"%PDF-[0-9]\.[0-9]")
_PDF_WITHIN = 1_024  # readers accept rubbish before it
_HEAD = 65_536
CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32)])  # white space and ESC are text


def refuse_known_binary(content: bytes) -> None:
    """Raise PageError `binary` for what starts as a known kind of file that is not text."""
    head = content[: _HEAD // 64].removeprefix(_BOM).lstrip(b"\t\n\r ")
    for pattern, name in _MAGICS:
        if pattern.match(head):
            raise PageError("binary", f"the bytes are {name}, not a page of text")
    if match := _PDF.search(content, 0, _PDF_WITHIN):
        if b"<" not in content[: match.start()] and b"\n%" in content[match.end() : match.end() + 40]:
            raise PageError("binary", "the bytes are a PDF document, not a page of text")
        if match.start() == 0:
            raise PageError("binary", "the bytes are a PDF document, not a page of text")


def refuse_controls(content: bytes) -> None:
    """Raise PageError `binary` where a page of single bytes has more control characters than damage explains."""
    for sample in (content[:_HEAD], content):
        controls = len(sample) - len(sample.translate(None, CONTROLS))
        if sample.count(0) > max(8, len(sample) * 0.01) or controls > max(8, len(sample) * 0.1):
            raise PageError(
                "binary", f"{controls:,} of the first {len(sample):,} bytes are control characters"
            )


def refuse_unreadable(characters: int, unreadable: int) -> None:
    """Raise PageError `binary` where a tenth of a page or more are no characters in the charset that fits best."""
    if unreadable > max(8, characters * 0.1):
        raise PageError(
            "binary",
            f"{unreadable:,} of {characters:,} characters are unreadable in the charset that fits best",
        )
