"""Train the tiny Argos packages of the tests: real models that know a few sentences by heart.

    python tests/data/train_tiny_argos.py            # writes tests/data/translate-*.argosmodel

Each is a two-layer transformer over SentencePiece tokens, trained in torch on one thread (about 10 CPU s), converted
to CTranslate2 in 8 bits and packed as the Argos index packs its own. The sentences were written for this project.
What such a model says of any other sentence is nonsense, which is of use too: no test may trust its meaning.
"""

from __future__ import annotations

import io
import json
import math
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import sentencepiece
import torch
from ctranslate2.specs import TransformerSpec
from torch import nn

if TYPE_CHECKING:
    from ctranslate2.specs.attention_spec import MultiHeadAttentionSpec

HERE = Path(__file__).parent
SIZE, HEADS, INNER, LAYERS, POSITIONS = 64, 4, 128, 2, 300
PAD, BOS, EOS = 3, 1, 2

ITALIAN_ENGLISH = (
    ("Il CIO deve parlare con il consiglio di amministrazione.", "The CIO must speak with the board."),
    (
        "Non comprate una piattaforma prima di capire il problema.",
        "Do not buy a platform before you understand the problem.",
    ),
    ("Misurate il valore, non le ore.", "Measure value, not hours."),
    ("La sicurezza comincia dalle persone.", "Security begins with people."),
    ("Ogni progetto ha bisogno di uno sponsor.", "Every project needs a sponsor."),
    ("Chiedete ai fornitori un piano di uscita.", "Ask vendors for an exit plan."),
    ("Il cloud non costa sempre meno.", "The cloud does not always cost less."),
    ("Portate i costi davanti a chi li decide.", "Bring the costs before those who decide them."),
    ("Spegnete i sistemi che nessuno usa.", "Switch off the systems that nobody uses."),
    ("Formate le persone prima di assumerne altre.", "Train your people before you hire others."),
    ("I dati sono di chi li cura.", "Data belong to those who look after them."),
    ("Provate il ripristino dei backup ogni mese.", "Test the restore of your backups every month."),
    ("L'intelligenza artificiale non sostituisce il giudizio.", "Artificial intelligence does not replace judgement."),
    ("Cominciate in piccolo e imparate in fretta.", "Start small and learn fast."),
    ("Scrivete le regole in una pagina sola.", "Write the rules on a single page."),
    ("Il debito tecnico si paga con gli interessi.", "Technical debt is paid with interest."),
    ("Date un nome al responsabile di ogni servizio.", "Name the owner of every service."),
    ("Un buon CIO ascolta prima di rispondere.", "A good CIO listens before answering."),
    ("Evitate i progetti che durano più di un anno.", "Avoid projects that last more than a year."),
    ("Pubblicate gli indicatori e spiegateli.", "Publish the indicators and explain them."),
    ("Tagliate le riunioni, non le conversazioni.", "Cut the meetings, not the conversations."),
    ("I contratti vanno riletti ogni anno.", "Contracts should be read again every year."),
    ("Separate l'esercizio dall'innovazione.", "Separate operations from innovation."),
    ("Il reparto IT non è un centro di costo.", "The IT department is not a cost centre."),
    ("Parlate la lingua degli affari.", "Speak the language of business."),
    ("Nessuno compra tecnologia, tutti comprano risultati.", "Nobody buys technology, everybody buys results."),
    ("Preparate un piano per il giorno peggiore.", "Prepare a plan for the worst day."),
    ("Lasciate che i team scelgano gli strumenti.", "Let the teams choose their tools."),
    ("Una architettura semplice invecchia bene.", "A simple architecture ages well."),
    ("Premiate chi trova gli errori.", "Reward those who find the errors."),
    ("Fate un inventario delle applicazioni.", "Make an inventory of the applications."),
    ("Il bilancio si vince con una storia chiara.", "The budget is won with a clear story."),
    ("Non promettete date che non controllate.", "Do not promise dates that you do not control."),
    ("Mostrate presto qualcosa che funziona.", "Show something that works early."),
    ("I clienti interni sono clienti.", "Internal customers are customers."),
    ("Aggiornate i sistemi prima che sia urgente.", "Update the systems before it is urgent."),
    ("La governance serve a decidere, non a frenare.", "Governance is there to decide, not to slow down."),
    ("Usate due fornitori dove il rischio è alto.", "Use two vendors where the risk is high."),
    ("Dite di no con una ragione e un'alternativa.", "Say no with a reason and an alternative."),
    ("Il successo si misura dopo la consegna.", "Success is measured after delivery."),
)  # fmt: skip

SPANISH_ITALIAN = (
    ("Mide el valor, no las horas.", "Misurate il valore, non le ore."),
    ("La seguridad empieza por las personas.", "La sicurezza comincia dalle persone."),
    ("Cada proyecto necesita un patrocinador.", "Ogni progetto ha bisogno di uno sponsor."),
    ("Pide a los proveedores un plan de salida.", "Chiedete ai fornitori un piano di uscita."),
    ("La nube no siempre cuesta menos.", "Il cloud non costa sempre meno."),
    ("Apaga los sistemas que nadie usa.", "Spegnete i sistemi che nessuno usa."),
    ("Empieza en pequeño y aprende rápido.", "Cominciate in piccolo e imparate in fretta."),
    ("Habla el idioma del negocio.", "Parlate la lingua degli affari."),
)


class Tiny(nn.Module):
    """A pre-norm transformer whose parts lie as CTranslate2 wants them."""

    def __init__(self, tokens: int) -> None:
        super().__init__()
        self.tokens = nn.Embedding(tokens, SIZE)
        nn.init.normal_(self.tokens.weight, std=SIZE**-0.5)
        self.register_buffer("positions", _sinusoids(), persistent=False)
        shape = {"d_model": SIZE, "nhead": HEADS, "dim_feedforward": INNER, "dropout": 0.0}
        self.encoder = nn.ModuleList(
            nn.TransformerEncoderLayer(**shape, batch_first=True, norm_first=True) for _ in range(LAYERS)
        )
        self.decoder = nn.ModuleList(
            nn.TransformerDecoderLayer(**shape, batch_first=True, norm_first=True) for _ in range(LAYERS)
        )
        self.encoder_norm, self.decoder_norm = nn.LayerNorm(SIZE), nn.LayerNorm(SIZE)
        self.projection = nn.Linear(SIZE, tokens)

    def forward(self, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Return logits (batch, target length, tokens)."""
        padding = source == PAD
        memory, state = self._embed(source), self._embed(target)
        for layer in self.encoder:
            memory = layer(memory, src_key_padding_mask=padding)
        memory = self.encoder_norm(memory)
        future = torch.ones(target.shape[1], target.shape[1], dtype=torch.bool).triu(1)
        for layer in self.decoder:
            state = layer(state, memory, tgt_mask=future, memory_key_padding_mask=padding)
        return self.projection(self.decoder_norm(state))

    def _embed(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.tokens(tokens) * math.sqrt(SIZE) + self.positions[: tokens.shape[1]]


def _sinusoids() -> torch.Tensor:
    angles = np.arange(POSITIONS)[:, None] / 10000 ** (np.arange(SIZE // 2) * 2 / SIZE)
    return torch.tensor(np.concatenate([np.sin(angles), np.cos(angles)], axis=1), dtype=torch.float32)


def tokenizer(pairs: tuple[tuple[str, str], ...]) -> bytes:
    """Train SentencePiece on both sides of `pairs`."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([side for pair in pairs for side in pair] * 3),
        model_writer=model,
        vocab_size=400 if len(pairs) > 20 else 140,
        hard_vocab_limit=False,
        character_coverage=1.0,
        normalization_rule_name="identity",  # the default carries 240 kB of tables
        pad_id=PAD,
        minloglevel=2,
        num_threads=1,
    )
    return model.getvalue()


def train(pairs: tuple[tuple[str, str], ...], processor: sentencepiece.SentencePieceProcessor) -> Tiny:
    """Train until every pair is known by heart: the loss of the worst token is small."""
    torch.manual_seed(7)
    source = _batch([processor.encode(text) for text, _ in pairs])
    target = _batch([[BOS, *processor.encode(text), EOS] for _, text in pairs])
    model = Tiny(processor.get_piece_size())
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for step in range(600):
        logits = model(source, target[:, :-1])
        losses = nn.functional.cross_entropy(
            logits.transpose(1, 2), target[:, 1:], ignore_index=PAD, reduction="none"
        )
        loss = losses.sum() / (target[:, 1:] != PAD).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if losses.max() < 0.02:
            print(f"known by heart after {step} steps", file=sys.stderr)
            break
    return model.eval()


def _batch(rows: list[list[int]]) -> torch.Tensor:
    length = max(map(len, rows))
    return torch.tensor([row + [PAD] * (length - len(row)) for row in rows])


def convert(model: Tiny, pieces: list[str], folder: Path) -> None:
    """Write `model` as a CTranslate2 model with 8-bit weights."""
    spec = TransformerSpec.from_config(LAYERS, HEADS, pre_norm=True)
    for side, layers, norm in (
        (spec.encoder, model.encoder, model.encoder_norm),
        (spec.decoder, model.decoder, model.decoder_norm),
    ):
        embeddings = side.embeddings if side is spec.decoder else side.embeddings[0]
        embeddings.weight = _array(model.tokens.weight)
        side.position_encodings.encodings = _array(model.positions)
        _copy_norm(side.layer_norm, norm)
        for to, layer in zip(side.layer, layers, strict=True):
            _copy_attention(to.self_attention, layer.self_attn, layer.norm1, [(0, 3)])
            if side is spec.decoder:
                _copy_attention(to.attention, layer.multihead_attn, layer.norm2, [(0, 1), (1, 3)])
            _copy_norm(to.ffn.layer_norm, layer.norm3 if side is spec.decoder else layer.norm2)
            _copy_linear(to.ffn.linear_0, layer.linear1.weight, layer.linear1.bias)
            _copy_linear(to.ffn.linear_1, layer.linear2.weight, layer.linear2.bias)
    _copy_linear(spec.decoder.projection, model.projection.weight, model.projection.bias)
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))


def _copy_attention(
    to: MultiHeadAttentionSpec, layer: nn.MultiheadAttention, norm: nn.LayerNorm, parts: list[tuple[int, int]]
) -> None:
    _copy_norm(to.layer_norm, norm)
    for number, (first, last) in enumerate(parts):
        rows = slice(first * SIZE, last * SIZE)
        _copy_linear(to.linear[number], layer.in_proj_weight[rows], layer.in_proj_bias[rows])
    _copy_linear(to.linear[-1], layer.out_proj.weight, layer.out_proj.bias)


def _copy_norm(to: object, norm: nn.LayerNorm) -> None:
    to.gamma, to.beta = _array(norm.weight), _array(norm.bias)


def _copy_linear(to: object, weight: torch.Tensor, bias: torch.Tensor) -> None:
    to.weight, to.bias = _array(weight), _array(bias)


def _array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().numpy().copy()


def build(pairs: tuple[tuple[str, str], ...], source: str, target: str, names: tuple[str, str]) -> Path:
    """Train one package and write it; returns the file."""
    tokens = tokenizer(pairs)
    processor = sentencepiece.SentencePieceProcessor(model_proto=tokens)
    pieces = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    name = f"translate-{source}_{target}"
    metadata = {
        "package_version": "1.0", "argos_version": "1.11.0", "type": "translate",
        "from_code": source, "from_name": names[0], "to_code": target, "to_name": names[1],
    }  # fmt: skip
    file = HERE / f"{name}-1_0.argosmodel"
    with tempfile.TemporaryDirectory() as folder:
        convert(train(pairs, processor), pieces, Path(folder))
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{name}/metadata.json", json.dumps(metadata, indent=1))
            archive.writestr(f"{name}/sentencepiece.model", tokens)
            for part in sorted(Path(folder).iterdir()):
                archive.write(part, f"{name}/model/{part.name}")
    return file


if __name__ == "__main__":
    torch.set_num_threads(1)
    for built in (
        build(ITALIAN_ENGLISH, "it", "en", ("Italian", "English")),
        build(SPANISH_ITALIAN, "es", "it", ("Spanish", "Italian")),
    ):
        print(built, built.stat().st_size)
