"""Translations: what is missing, what came back, and the English of passages and advice."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from corpus.identity import text_hash
from warehouse.sqlfiles import query
from warehouse.writer.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from corpus.models import Translation

_LANGUAGES = """
select language, count(distinct text_hash) from sentences
where language <> 'en' group by language order by language
"""
_SHAPE = "from translations limit 0"


class English(Session):
    """The stages `translations` and `english`."""

    def languages(self) -> dict[str, int]:
        """Return the languages other than English, each with its number of distinct sentences."""
        return {str(language): int(str(count)) for language, count in self._rows(_LANGUAGES)}

    def sentences_to_translate(
        self, engines: Mapping[str, str], preferred: Sequence[str] = ()
    ) -> list[tuple[str, str]]:
        """Return (text, language) of what lacks English from the engine that serves its language now, or a better one.

        `engines` gives that engine's identity, which begins with its name, by language; `preferred` names engines,
        the best first. Sentences of a language that is not in it, `und`
        among them, are returned once, so that they get the row that says why they stay as they are.
        """
        parameters = {
            "languages": list(engines),
            "engines": list(engines.values()),
            "preferred": list(preferred),
        }
        rows = self._rows(query("to_translate"), parameters)
        return [(text, language) for text, language in rows]

    def load_translations(
        self, run_id: str, batch_key: str, rows: Sequence[Translation], seconds: float
    ) -> None:
        """Store translations; a later row of the same sentence and language replaces an earlier one.

        A row that is untranslated never replaces one that is in English.
        """
        if self._is_done(run_id, "translations", batch_key):
            return
        latest = {(text_hash(row.text), row.language): row for row in rows}
        fingerprint = ",".join(sorted({row.engine for row in latest.values() if row.engine}))
        with self._batch(run_id, "translations", batch_key, fingerprint, seconds) as batch:
            incoming = [_row(key, row, run_id) for (key, _), row in latest.items()]
            batch.rows = self._load(query("replace_translations"), _SHAPE, incoming)

    def refresh_english(self, run_id: str) -> None:
        """Set text_en, status, reason and trust of passages, and sentence_en of advice, from the translations.

        It may run several times in a run; the ledger keeps the last.
        """
        began = monotonic()
        with self._batch(run_id, "english", "all", "") as batch:
            passages = self._change(query("refresh_english"))
            batch.rows = passages + self._change(query("refresh_advice_english"))
            batch.seconds = monotonic() - began


def _row(key: str, row: Translation, run_id: str) -> dict[str, object]:
    return {
        "text_hash": key,
        "language": row.language,
        "text": row.text,
        "text_en": row.text_en,
        "status": row.status,
        "engine": row.engine,
        "reason": row.reason,
        "score": row.score,
        "flags": list(row.flags),
        "trust": row.trust,
        "run_id": run_id,
    }
