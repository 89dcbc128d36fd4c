-- What is known of the current version of the page `$uri`, of the page with the same bytes, of its document and of the
-- document that this one is a near copy of?
select
    pages.page_id,
    pages.uri,
    pages.url,
    pages.host,
    pages.run_id,
    pages.loaded_at,
    pages.gone_at,
    (select count(*) from pages as versions where versions.uri = $uri) as version_count,
    holder.uri as same_bytes_uri,
    documents.document_id,
    documents.language,
    documents.language_confidence,
    documents.declared_language,
    documents.word_count,
    documents.run_id as read_run_id,
    documents.similarity,
    if(canonical.document_id <> documents.document_id, canonical.uri, null) as canonical_uri,
    (
        select count(*) from documents as copies
        where copies.canonical_document_id = documents.document_id and copies.document_id <> documents.document_id
    ) as copy_count
from pages
left join pages as holder on holder.page_id = pages.duplicate_of
left join documents on documents.page_id = coalesce(pages.duplicate_of, pages.page_id)
left join documents as canonical on canonical.document_id = documents.canonical_document_id
where pages.uri = $uri and pages.is_current;
