"""Train the line encoder `corpus.meaning`: `python -m bench.train_meaning [--write]`.

It learns the main directions of the vectors that multilingual-e5-small (MIT) gives to lines: those of the written
dumps that are tuned on and of the shipped pages, of public pages, public sentences and the phrases of the rules. No
label is used. The table of tokens starts from e5's own, seen through a projection that is learnt. A tenth of the lines
is left out and measured: how much of each direction's variance the small network gives back.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tomllib
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from bench.common import ROOT, print_table, shared
from bench.train_lines import DATA, public_pages, written_pages
from corpus.boilerplate.draft import draft_of
from corpus.embed import find_folder, load
from corpus.embed.exported import TOKENIZER, WORDS, ExportedEmbedder, export_folder
from corpus.extract.text import line_blocks
from corpus.identity import digest
from corpus.meaning import MOST_CHARACTERS, token_ids, tokenizer_of
from corpus.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

ENCODER = ROOT / "corpus" / "meaning" / "data"
SEED = 7
PUBLIC_LINES = 16_000
PIECES = 56_000
SIZES = {"table": 64, "channels": 128, "layers": 2, "weighings": 4, "dimension": 64}
EPOCHS, BATCH, BUCKET, RATE, DROPOUT = 10, 256, 16, 3e-3, 0.1
LANGUAGES = frozenset(("en", "it", "fr", "de", "es", "pt", "zh"))
_FIRST_HAN, _LAST_HAN, _LAST_LATIN, _GENERAL = 0x3000, 0x9FFF, 0x24F, (0x2000, 0x2BFF)


class Student(nn.Module):
    """The network while it learns; `words` are e5's vectors of the tokens, (tokens, 384), and stay as they are."""

    def __init__(self, words: Floats) -> None:
        super().__init__()
        channels, weighings = SIZES["channels"], SIZES["weighings"]
        self.register_buffer("words", torch.from_numpy(words))
        self.project = nn.Linear(words.shape[1], SIZES["table"], bias=False)
        self.widen = nn.Linear(SIZES["table"], channels)
        self.near = nn.ModuleList(nn.Conv1d(channels, channels, 3, padding=1) for _ in range(SIZES["layers"]))
        self.weigh = nn.Linear(channels, weighings)
        self.output = nn.Linear((weighings + 2) * channels, SIZES["dimension"])
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Return (lines, dimension) of lines padded to as many tokens."""
        there = (torch.arange(ids.shape[1])[None] < lengths[:, None]).float()[:, :, None]
        states = self.widen(self.project(nn.functional.embedding(ids, self.words))) * there
        for near in self.near:
            states = (states + torch.relu(near(states.transpose(1, 2)).transpose(1, 2))) * there
        shares = torch.softmax(self.weigh(states) + (there - 1) * 1e4, dim=1)
        weighed = torch.einsum("btk,btc->bkc", shares, states).flatten(1)
        highest = (states + (there - 1) * 1e4).amax(dim=1)
        mean = states.sum(dim=1) / lengths[:, None]
        told: torch.Tensor = self.output(self.dropout(torch.cat([weighed, highest, mean], dim=1)))
        return told


def main() -> None:
    """Train, print how much is given back, and, if asked, write the model's files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the model's files")
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    settings = Settings()
    texts = lines()
    target, weight = directions(vectors(exported(settings), texts))
    pieces, words = vocabulary(export_folder(find_folder(settings), settings.models_dir), texts)
    tokens = token_ids(tokenizer_of(pieces), texts)
    left_out = np.random.default_rng(SEED).random(len(texts)) < 0.1
    student = Student(words)
    fit(student, tokens, target, weight, np.flatnonzero(~left_out))
    given = told_by(student, [tokens[n] for n in np.flatnonzero(left_out)])
    back = 1 - ((given - target[left_out]) ** 2).mean(axis=0)
    figures = [
        (f"variance given back, first {n} directions", float(back[:n].mean())) for n in (8, 16, 32, 64)
    ]
    print_table(f"Line encoder, {len(texts)} lines, a tenth left out", ("figure", "value"), figures)
    if arguments.write:
        write(student, pieces, {
            "what": "the main directions of multilingual-e5-small's vector of a line",
            "trained on": f"vectors of {len(texts)} lines, no labels",
            "licences": "multilingual-e5-small: MIT; lines: this project's own, WCXB CC-BY-4.0, lingua-py Apache-2.0, "
            "NTREX-128 and SIB-200 CC-BY-SA-4.0 (no text of them is in the model)",
            "sizes": SIZES,
            "left out": {name: round(value, 3) for name, value in figures},
        })  # fmt: skip


def exported(settings: Settings) -> ExportedEmbedder:
    """Return the 8-bit export of e5. Raises SystemExit where set-up has made none."""
    embedder = load(settings)
    if not isinstance(embedder, ExportedEmbedder):
        raise SystemExit("the line encoder learns from the 8-bit export: run `cio-advice setup --model`")
    return embedder


def lines() -> list[str]:
    """Return the lines to learn from, each once."""
    written = [unit for dump in written_pages() for unit in _units(dump.lines)]
    public = list(dict.fromkeys(unit for dump in public_pages() for unit in _units(dump.lines)))
    drawn = random.Random(SEED).sample(public, min(PUBLIC_LINES, len(public)))  # noqa: S311 - a repeatable draw
    texts = (text[:MOST_CHARACTERS] for text in (*written, *drawn, *_sentences(), *_phrases()))
    return [text for text in dict.fromkeys(texts) if text.strip()]


def _units(dump: Sequence[str]) -> list[str]:
    return [unit.text for unit in draft_of(line_blocks("\n".join(dump)), "text").units]


def _sentences() -> Iterator[str]:
    """Yield public sentences in the seven languages."""
    folder = shared("data")
    if folder is None:
        return
    for row in (folder / "language_samples.tsv").read_text("utf-8").split("\n"):
        language, _, rest = row.partition("\t")
        if language[:2] in LANGUAGES:
            yield rest.partition("\t")[2]
    for path in sorted(folder.glob("translation_*_eng.tsv")):
        yield from (row.partition("\t")[0] for row in path.read_text("utf-8").split("\n"))
    for rows in json.loads((folder / "topics_sib200.json").read_text("utf-8")).values():
        yield from (row["text"] for row in rows)


def _phrases() -> Iterator[str]:
    for path in sorted(DATA.glob("*.toml")):
        tables = {k: v for k, v in tomllib.loads(path.read_text("utf-8")).items() if k != "stems"}
        yield from (text for text in _strings(tables) if len(text) > 2)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def vectors(embedder: ExportedEmbedder, texts: list[str]) -> Floats:
    """Return e5's vectors; they are kept in `build/`, for training again."""
    from safetensors.numpy import load_file, save_file

    path = ROOT / "build" / f"line-vectors-{digest(embedder.fingerprint, *texts)[:16]}.safetensors"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        save_file({"vectors": embedder.embed_queries(texts).astype(np.float16)}, path)
    return load_file(path)["vectors"].astype(np.float32)


def directions(found: Floats) -> tuple[Floats, Floats]:
    """Return the main directions of vectors, (texts, dimension), each of variance one, and how much each counts."""
    centred = found - found.mean(axis=0)
    _, _, axes = np.linalg.svd(centred[:: max(1, len(centred) // 12_000)], full_matrices=False)
    told = centred @ axes[: SIZES["dimension"]].T
    spread = told.std(axis=0)
    return told / spread, np.sqrt(spread / spread[0])


def vocabulary(folder: Path, texts: list[str]) -> tuple[list[tuple[str, float]], Floats]:
    """Return the pieces of words that lines are cut into, with their scores, and e5's vectors of them.

    They are those that occur, and the most frequent others of the scripts that are read.
    """
    from tokenizers import Tokenizer

    told = json.loads((folder / TOKENIZER).read_text("utf-8"))["model"]
    cut = Tokenizer.from_file(str(folder / TOKENIZER))
    cut.no_truncation()
    seen = {token for encoding in cut.encode_batch(texts, add_special_tokens=False) for token in encoding.ids}
    unknown = told["unk_id"]
    others = [
        n for n, (piece, _) in enumerate(told["vocab"]) if n > unknown and n not in seen and _read_here(piece)
    ]
    kept = [unknown, *sorted({*seen, *others[: max(0, PIECES - len(seen))]} - set(range(unknown + 1)))]
    kept = [n for n in kept if n < len(told["vocab"])]
    table = np.load(folder / WORDS, mmap_mode="r", allow_pickle=False)
    words = np.asarray(table[kept], np.float32)
    words -= words.mean(axis=0)
    return [(told["vocab"][n][0], float(told["vocab"][n][1])) for n in kept], words / words.std()


def _read_here(piece: str) -> bool:
    codes = [ord(character) for character in piece]
    return all(
        code <= _LAST_LATIN or _FIRST_HAN <= code <= _LAST_HAN or _GENERAL[0] <= code <= _GENERAL[1]
        for code in codes
    )


def fit(student: Student, tokens: list[list[int]], target: Floats, weight: Floats, chosen: Any) -> None:
    """Let the student learn the lines at the places `chosen`."""
    draw = random.Random(SEED)  # noqa: S311 - a repeatable draw, not a secret
    truth, counts = torch.from_numpy(target), torch.from_numpy(weight)
    epochs = [_batches(tokens, chosen.tolist(), draw) for _ in range(EPOCHS)]
    learnt = [parameter for parameter in student.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learnt, RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=sum(map(len, epochs)))
    student.train()
    for batch in (batch for epoch in epochs for batch in epoch):
        optimizer.zero_grad()
        error = (student(*_padded([tokens[n] for n in batch])) - truth[batch]) * counts
        (error**2).mean().backward()
        optimizer.step()
        schedule.step()
    student.eval()


def _batches(tokens: list[list[int]], chosen: list[int], draw: random.Random) -> list[list[int]]:
    """Return an epoch's batches of places: lines of like length together."""
    drawn = draw.sample(chosen, len(chosen))
    batches = []
    for first in range(0, len(drawn), BATCH * BUCKET):
        bucket = sorted(drawn[first : first + BATCH * BUCKET], key=lambda n: len(tokens[n]))
        batches += [bucket[start : start + BATCH] for start in range(0, len(bucket), BATCH)]
    draw.shuffle(batches)
    return batches


def _padded(tokens: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    padded = nn.utils.rnn.pad_sequence([torch.tensor(line) for line in tokens], batch_first=True)
    return padded, torch.tensor([len(line) for line in tokens])


def told_by(student: Student, tokens: list[list[int]]) -> Floats:
    """Return what the student says of lines."""
    with torch.no_grad():
        parts = [student(*_padded(tokens[n : n + 512])).numpy() for n in range(0, len(tokens), 512)]
    return np.concatenate(parts)


def arrays(student: Student) -> dict[str, Floats]:
    """Return the arrays that `corpus.meaning.Meaning` describes."""
    learnt = {name: value.detach().numpy() for name, value in student.state_dict().items()}
    layers = range(SIZES["layers"])
    return {
        "table": learnt["words"] @ learnt["project.weight"].T,
        "widen": learnt["widen.weight"].T, "widen_bias": learnt["widen.bias"],
        "near": np.stack([learnt[f"near.{n}.weight"].transpose(2, 1, 0) for n in layers]),
        "near_bias": np.stack([learnt[f"near.{n}.bias"] for n in layers]),
        "weigh": learnt["weigh.weight"].T, "weigh_bias": learnt["weigh.bias"],
        "output": learnt["output.weight"].T, "output_bias": learnt["output.bias"],
    }  # fmt: skip


def write(student: Student, pieces: list[tuple[str, float]], about: dict[str, Any]) -> None:
    """Write the model's two files: the table in 8 bits a number, the rest in 16."""
    from safetensors.numpy import save_file

    weights = arrays(student)
    table = weights.pop("table")
    steps = np.abs(table).max(axis=0) / 127
    stored = {name: np.ascontiguousarray(value, dtype=np.float16) for name, value in weights.items()}
    stored["table"] = np.round(table / steps).astype(np.int8)
    stored["pieces"] = np.frombuffer("\n".join(piece for piece, _ in pieces).encode(), np.uint8)
    stored["scores"] = np.array([score for _, score in pieces], np.float32)
    save_file(stored, ENCODER / "meaning.safetensors")
    digested = hashlib.sha256((ENCODER / "meaning.safetensors").read_bytes()).hexdigest()
    told = {"about": about, "sha256": digested, "steps": [float(step) for step in steps]}
    (ENCODER / "meaning.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"\nwrote meaning.json and meaning.safetensors: {len(pieces)} tokens")


if __name__ == "__main__":
    main()
