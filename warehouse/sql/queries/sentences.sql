-- The sentences of a document, of one of its passages, or the one of a piece of advice, beside their English.
select
    sentences.sentence_id,
    sentences.text,
    if(sentences.language = 'en', sentences.text, translations.text_en) as text_en,
    sentences.language,
    sentences.first_line,
    sentences.last_line,
    advice.advice_id is not null as is_advice,
    nullif(translations.engine, '') as engine,
    nullif(translations.reason, '') as reason,
    coalesce(translations.flags, []) as flags,
    if(sentences.language = 'en', 1, translations.trust) as trust
from sentences
left join translations
    on translations.text_hash = sentences.text_hash and translations.language = sentences.language
left join advice on advice.sentence_id = sentences.sentence_id
where
    sentences.document_id = $document
    and ($what not in ('passage', 'advice') or sentences.passage_id = $id or advice.advice_id = $id)
order by sentences.sentence_no;
