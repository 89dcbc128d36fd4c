"""Unpack an `.argosmodel` archive that nobody trusts: all is checked before the first byte is written."""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
from pathlib import Path, PurePosixPath

from corpus.errors import ModelError
from corpus.translate.argos_record import RECORD

MAX_BYTES = 2_000_000_000
MAX_RATIO = 100
MAX_MEMBERS = 2_000
_FREE_BYTES = 1_000_000
"""Below this size no ratio is asked: small tables of zeros compress well."""
SAFE_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,100}")
_ENCRYPTED = 0x1
_END = struct.Struct("<4s4H2LH")  # the end of an archive, APPNOTE 4.3.16
_END_MARK, _END_BYTES = b"PK\x05\x06", 66_000
_HEADER_BYTES, _INDEX_BYTES = 30, 1_000_000


def unpack(file: Path, staging: Path) -> str:
    """Unpack the checked members into `staging`; returns the name of the one folder they lie in."""
    start = _index_start(file)
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        _check_size(file, members)
        _check_places(file, members, start)
        name = _one_folder(file, members)
        budget = MAX_BYTES
        for member in members:
            if not member.is_dir():
                budget -= _write(archive, member, staging / member.filename, budget)
    return name


def _index_start(file: Path) -> int:
    """Return where the index of an archive begins: zipfile would read one of any size, and forgives bytes in front."""
    with file.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        begin = stream.seek(max(0, size - _END_BYTES))
        tail = stream.read()
    at = tail.rfind(_END_MARK)
    if at < 0 or at + _END.size > len(tail):
        raise ModelError(f"{file} is no archive, or its end is missing")
    _, disk, first, here, count, length, start, _ = _END.unpack_from(tail, at)
    if disk or first or here != count or count > MAX_MEMBERS or length > _INDEX_BYTES:
        raise ModelError(f"{file} names {count} files in {length} bytes: more than a package has")
    if start + length != begin + at:
        raise ModelError(f"{file} has bytes that belong to no file of it")
    return int(start)


def _check_places(file: Path, members: list[zipfile.ZipInfo], start: int) -> None:
    """Raise ModelError where files share bytes, with each other or with the index: so a few unpack to many."""
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end:
            raise ModelError(f"{file} holds {member.filename[:80]!r}, which overlaps with another file")
        end = member.header_offset + _HEADER_BYTES + len(member.filename) + member.compress_size
    if end > start:
        raise ModelError(f"{file} holds a file that overlaps with the index")


def _check_size(file: Path, members: list[zipfile.ZipInfo]) -> None:
    size = sum(member.file_size for member in members)
    ratio = size / max(1, file.stat().st_size)
    if size > MAX_BYTES or len(members) > MAX_MEMBERS:
        raise ModelError(f"{file} unpacks to {size} bytes in {len(members)} files: more than a package has")
    if size > _FREE_BYTES and ratio > MAX_RATIO:
        raise ModelError(f"{file} unpacks to {ratio:.0f} times its size: no model compresses like that")


def _one_folder(file: Path, members: list[zipfile.ZipInfo]) -> str:
    for member in members:
        if not _is_safe(member):
            raise ModelError(
                f"{file} holds {member.filename!r}, which is no plain file inside its own folder"
            )
    names = [member.filename.rstrip("/") for member in members]
    tops = {PurePosixPath(name).parts[0] for name in names}
    if len(tops) != 1 or len(set(map(str.lower, names))) < len(names):
        raise ModelError(f"{file} must hold exactly one folder, each file once; found {sorted(tops)[:5]}")
    return tops.pop()


def _is_safe(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a plain, unencrypted file or folder whose path stays below the first folder."""
    path, kind = PurePosixPath(member.filename), stat.S_IFMT(member.external_attr >> 16)
    return (
        all(SAFE_NAME.fullmatch(part) for part in path.parts)
        and not path.is_absolute()
        and (member.is_dir() or len(path.parts) > 1)
        and kind in {0, stat.S_IFREG, stat.S_IFDIR}
        and not member.flag_bits & _ENCRYPTED
        and path.name != RECORD
    )


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, budget: int) -> int:
    """Write one member, counting what really comes out; returns the bytes written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(member) as source, target.open("xb") as sink:
        while chunk := source.read(1 << 20):
            written += len(chunk)
            if written > min(budget, member.file_size):
                raise ModelError(f"{member.filename!r} unpacks to more bytes than the archive says")
            sink.write(chunk)
    return written
