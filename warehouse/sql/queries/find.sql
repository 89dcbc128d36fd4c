-- What does this name name: an id, a uri, or the end of one (`$quoted`: as uris write it)? The page it is on, and
-- which lines.
with candidates as (
    select 'passage' as what, passages.passage_id as id, documents.page_id, passages.first_line, passages.last_line
    from passages
    inner join documents using (document_id)
    where passages.passage_id = $name
    union all
    select 'advice', advice.advice_id, documents.page_id, sentences.first_line, sentences.last_line
    from advice
    inner join sentences using (sentence_id)
    inner join documents on documents.document_id = advice.document_id
    where advice.advice_id = $name
    union all
    select 'document', document_id, page_id, null, null
    from documents
    where document_id = $name
    union all
    select 'page', page_id, page_id, null, null
    from pages
    where
        is_current
        and (page_id = $name or url = $name or ends_with(uri, $name) or ends_with(uri, $quoted))
)

select
    candidates.what,
    candidates.id,
    candidates.first_line,
    candidates.last_line,
    pages.uri,
    pages.url,
    pages.host,
    documents.title,
    documents.author,
    documents.published_on,
    documents.language,
    pages.page_id,
    documents.document_id,
    coalesce(pages.duplicate_of, pages.page_id) as text_page_id,
    original.uri as duplicate_of,
    pages.uri = $name or pages.uri = $quoted or pages.url = $name or candidates.id = $name as is_exact
from candidates
inner join pages on pages.page_id = candidates.page_id
left join documents on documents.page_id = coalesce(pages.duplicate_of, pages.page_id)
left join pages as original on original.page_id = pages.duplicate_of
order by is_exact desc, pages.uri;
