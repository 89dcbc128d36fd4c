-- Which translations are trusted less than `least`, the worst first, and what looks wrong with them?
create or replace macro doubtful_translations(least := 0.5) as table
select
    translations.trust,
    translations.flags,
    sentences.language,
    sentences.text,
    translations.text_en,
    documents.uri,
    sentences.first_line,
    translations.engine,
    sentences.sentence_id,
    sentences.passage_id
from sentences
inner join translations
    on translations.text_hash = sentences.text_hash and translations.language = sentences.language
inner join documents on documents.document_id = sentences.document_id
where translations.status = 'translated' and translations.trust < least
order by translations.trust, documents.uri, sentences.sentence_no;
