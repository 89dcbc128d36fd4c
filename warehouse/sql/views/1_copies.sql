-- Which pages repeat another one: the same bytes at another place (exact), or the same article with edits (near)?
create or replace view copies as
select
    'exact' as kind,
    copied.uri,
    original.uri as original_uri,
    1.0::double as similarity,
    copied.page_id,
    original.page_id as original_page_id
from pages as copied
inner join pages as original on original.page_id = copied.duplicate_of
where copied.is_current
union all
select
    'near' as kind,
    copied.uri,
    original.uri as original_uri,
    copied.similarity,
    copied.page_id,
    original.page_id as original_page_id
from documents as copied
inner join documents as original on original.document_id = copied.canonical_document_id
where copied.canonical_document_id <> copied.document_id;
