-- Search from SQL, in the connections that `Warehouse` opens: `from search('how do I win money', 10)`.
create or replace temp macro search(question, k) as table
with asked as materialized (
    select embed_query(question) as vector where question is not null
)

select
    passages.passage_id,
    passages.document_id,
    documents.uri,
    documents.url,
    documents.host,
    documents.title,
    passages.language,
    passages.text,
    passages.text_en,
    passages.trust,
    list_inner_product(passage_vectors.vector, asked.vector) as score
from passage_vectors
inner join passages on passages.passage_id = passage_vectors.passage_id
inner join documents on documents.document_id = passages.document_id
cross join asked
where documents.canonical_document_id = documents.document_id
order by score desc, passages.passage_id
limit k;
