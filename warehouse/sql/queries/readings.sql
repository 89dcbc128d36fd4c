-- What was made of these pages, a row of text for each row, with what made it? Who asks: `verify`, of two warehouses.
-- What hangs on other pages is left out: copies, themes, and English, which is compared sentence by sentence.
with chosen as (
    select page_id, uri, string_split(parse_fingerprint, ':')[1] as made_by, text
    from pages
    where page_id in (select unnest($pages::varchar[]))
),

chosen_documents as (
    select documents.*, chosen.made_by
    from documents
    inner join chosen on chosen.page_id = documents.page_id
),

texts as (
    select text_hash from passages inner join chosen_documents using (document_id)
    union
    select sentences.text_hash
    from advice inner join sentences using (sentence_id)
    inner join chosen_documents on chosen_documents.document_id = sentences.document_id
)

select 'pages' as table_name, page_id as key, made_by, md5(text) as row, null::float[] as vector from chosen
union all
select 'blocks', blocks.page_id || ' ' || block_no, chosen.made_by, to_json(blocks)::varchar, null
from blocks inner join chosen on chosen.page_id = blocks.page_id
union all
select 'documents', document_id, made_by, to_json(r)::varchar, null
from (
    select * exclude (canonical_document_id, similarity, run_id) from chosen_documents
) as r
union all
select 'passages', passage_id, made_by, to_json(r)::varchar, null
from (
    select
        passages.* exclude (text_en, translation_status, untranslated_reason, trust), chosen_documents.made_by
    from passages inner join chosen_documents using (document_id)
) as r
union all
select 'sentences', sentence_id, made_by, to_json(r)::varchar, null
from (
    select sentences.* exclude (advice_fingerprint), chosen_documents.made_by
    from sentences inner join chosen_documents using (document_id)
) as r
union all
select 'advice', advice_id, fingerprint, to_json(r)::varchar, null
from (
    select advice.* exclude (sentence_en) from advice semi join chosen_documents using (document_id)
) as r
union all
select 'translations', text_hash || ' ' || language, engine, to_json(r)::varchar, null
from (
    select translations.* exclude (run_id)
    from translations
    semi join (
        select text_hash, sentences.language from sentences semi join chosen_documents using (document_id)
    ) as spoken using (text_hash, language)
) as r
union all
select 'embeddings', text_hash || ' ' || model, model, '', vector
from embeddings semi join texts using (text_hash);
