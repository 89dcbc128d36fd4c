-- What is not in English, wholly or partly, and why?
create or replace view untranslated as
select
    documents.uri,
    coalesce(documents.host, documents.uri) as source,
    passages.language,
    passages.translation_status,
    passages.untranslated_reason,
    passages.text,
    passages.passage_id,
    passages.document_id
from passages
inner join documents on documents.document_id = passages.document_id
where passages.translation_status in ('partly', 'untranslated');
