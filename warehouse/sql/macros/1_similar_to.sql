-- Which k passages are most like this one, in any language? Copies are folded under their original.
create or replace macro similar_to(passage, k) as table
with asked as materialized (
    select passage_vectors.vector, documents.canonical_document_id, documents.document_id
    from passage_vectors
    inner join passages on passages.passage_id = passage_vectors.passage_id
    inner join documents on documents.document_id = passages.document_id
    where passage_vectors.passage_id = passage
)

select
    passages.passage_id,
    passages.document_id,
    documents.uri,
    documents.url,
    coalesce(documents.host, documents.uri) as source,
    documents.title,
    passages.language,
    passages.text,
    passages.text_en,
    list_inner_product(passage_vectors.vector, asked.vector) as score
from passage_vectors
inner join passages on passages.passage_id = passage_vectors.passage_id
inner join documents on documents.document_id = passages.document_id
cross join asked
where
    passages.passage_id <> passage
    and documents.canonical_document_id = documents.document_id
    and (documents.document_id <> asked.canonical_document_id or documents.document_id = asked.document_id)
order by score desc, passages.passage_id
limit k;
