"""Advice: which sentences are still to be judged, and those that turned out to be advice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.identity import advice_id
from warehouse.values import AdviceMatrix
from warehouse.writer.session import Session
from warehouse.writer.vectors import matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.models import Advice

_TO_JUDGE = """
select sentence_id, text, language, is_heading, document_id
from sentences
where document_id in (select document_id from sentences where advice_fingerprint is distinct from ?)
order by document_id, sentence_no
"""
_FORGET = "delete from advice where sentence_id in (select unnest(?::varchar[]))"
_JUDGED = "update sentences set advice_fingerprint = ? where sentence_id in (select unnest(?::varchar[]))"
_SHAPE = (
    "select advice_id, sentence_id, score, cue, polarity, target, condition, fingerprint from advice limit 0"
)
_INSERT = """
insert into advice by name
select
    incoming.*,
    sentences.passage_id,
    sentences.document_id,
    sentences.text as sentence,
    if(sentences.language = 'en', sentences.text, translations.text_en) as sentence_en,
    sentences.language,
    sentences.span_start,
    sentences.span_end
from incoming
inner join sentences on sentences.sentence_id = incoming.sentence_id
left join translations
    on translations.text_hash = sentences.text_hash and translations.language = sentences.language
"""
_NO_LONGER_MEMBERS = """
delete from theme_members
where advice_id in (select unnest(?::varchar[])) and advice_id not in (select advice_id from advice)
"""
_MATRIX = """
select
    advice.advice_id as ids,
    advice.sentence as sentences,
    advice.sentence_en as sentences_en,
    advice.language as languages,
    advice.document_id as document_ids,
    coalesce(documents.host, documents.uri) as hosts,
    if(passages.translation_status in ('original', 'translated'), passages.text_en, null) as passages_en,
    if(documents.language = 'en', documents.title, null) as titles_en,
    advice.polarity as polarities,
    embeddings.vector,
    passage_embeddings.vector as passage_vector
from advice
inner join sentences on sentences.sentence_id = advice.sentence_id
inner join documents on documents.document_id = advice.document_id
inner join embeddings on embeddings.text_hash = sentences.text_hash
inner join passages on passages.passage_id = advice.passage_id
inner join embeddings as passage_embeddings
    on passage_embeddings.text_hash = passages.text_hash and passage_embeddings.model = embeddings.model
where embeddings.model = ? and documents.canonical_document_id = documents.document_id
order by advice.advice_id
"""


class AdviceRows(Session):
    """The stage `advice`."""

    def sentences_to_judge(self, fingerprint: str) -> list[tuple[str, str, str, bool, str]]:
        """Return (sentence_id, text, language, is_heading, document_id) of documents that this judge has not seen.

        Whole documents, each in order: what stands around a sentence matters to the judge.
        """
        rows = self._rows(_TO_JUDGE, [fingerprint])
        return [(str(i), str(t), str(c), bool(h), str(d)) for i, t, c, h, d in rows]

    def load_advice(
        self,
        run_id: str,
        batch_key: str,
        judged_sentence_ids: Sequence[str],
        advice: Sequence[Advice],
        fingerprint: str,
        seconds: float,
        to_judge_again: Sequence[str] = (),
    ) -> None:
        """Replace the advice of the judged sentences by `advice`, and remember that they were judged.

        Documents with a sentence of `to_judge_again` are asked for by the next run once more.
        """
        if self._is_done(run_id, "advice", batch_key):
            return
        incoming: list[dict[str, object]] = [
            {
                "advice_id": advice_id(item.sentence_id),
                "sentence_id": item.sentence_id,
                "score": item.score,
                "cue": item.cue,
                "polarity": item.polarity,
                "target": item.target,
                "condition": item.condition,
                "fingerprint": fingerprint,
            }
            for item in advice
        ]
        judged = list(judged_sentence_ids)
        with self._batch(run_id, "advice", batch_key, fingerprint, seconds) as batch:
            self._connection.execute(_FORGET, [judged])
            batch.rows = self._load(_INSERT, _SHAPE, incoming)
            self._connection.execute(_JUDGED, [fingerprint, judged])
            self._connection.execute(_JUDGED, [None, list(to_judge_again)])
            self._connection.execute(_NO_LONGER_MEMBERS, [[advice_id(sentence) for sentence in judged]])

    def advice_matrix(self, model: str) -> AdviceMatrix:
        """Return the advice of canonical documents with its raw vectors, in order of its id.

        `hosts` are the sources: the uri where a page has no host.
        """
        table = self._connection.sql(_MATRIX, params=[model]).to_arrow_table()
        columns = {name: table[name].to_pylist() for name in table.column_names[:-2]}
        return AdviceMatrix(
            **columns, vectors=matrix(table["vector"]), passages=matrix(table["passage_vector"])
        )
