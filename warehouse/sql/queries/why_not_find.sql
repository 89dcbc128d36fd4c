-- Which page that some run saw has this id or uri (rank 1), or else this url (2)? `$quoted` is the name as uris write
-- it; `page_id` is the version that an id named.
with ids as (
    select page_id from pages where page_id = $name
    union all
    select page_id from documents where document_id = $name
    union all
    select documents.page_id
    from passages
    inner join documents on documents.document_id = passages.document_id
    where passages.passage_id = $name
    union all
    select documents.page_id
    from sentences
    inner join documents on documents.document_id = sentences.document_id
    left join advice on advice.sentence_id = sentences.sentence_id
    where sentences.sentence_id = $name or advice.advice_id = $name
),

found as (
    select 1 as rank, pages.uri, pages.page_id
    from ids
    inner join pages on pages.page_id = ids.page_id
    union all
    select 1, uri, null from pages where uri in ($name, $quoted)
    union all
    select 1, uri, null from quarantine where uri in ($name, $quoted)
    union all
    select 1, uri, null from run_pages where uri in ($name, $quoted)
    union all
    select 2, uri, null from pages where url = $name
)

select distinct rank, uri, page_id
from found
qualify rank = min(rank) over ()
order by uri, page_id;
