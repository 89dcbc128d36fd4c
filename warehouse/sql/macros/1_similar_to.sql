-- Which k passages are most like this one, in any language? Copies are folded under their original.
create or replace macro similar_to(passage, k) as table
with asked as materialized (
    select
        passage_vectors.passage_id, passage_vectors.vector, passage_vectors.sign_0, passage_vectors.sign_1,
        passage_vectors.sign_2, passage_vectors.sign_3, passage_vectors.sign_4, passage_vectors.sign_5,
        documents.document_id, documents.canonical_document_id
    from passage_vectors
    inner join documents using (document_id)
    where passage_vectors.passage_id = passage
),

-- signs first: thirty times less to read than vectors
near as materialized (
    select passage_vectors.rowid as place
    from passage_vectors
    cross join asked
    where
        not passage_vectors.is_copy
        and passage_vectors.passage_id <> asked.passage_id
        and (
            passage_vectors.document_id <> asked.canonical_document_id
            or passage_vectors.document_id = asked.document_id
        )
    order by
        bit_count(xor(passage_vectors.sign_0, asked.sign_0)) + bit_count(xor(passage_vectors.sign_1, asked.sign_1))
        + bit_count(xor(passage_vectors.sign_2, asked.sign_2)) + bit_count(xor(passage_vectors.sign_3, asked.sign_3))
        + bit_count(xor(passage_vectors.sign_4, asked.sign_4)) + bit_count(xor(passage_vectors.sign_5, asked.sign_5)),
        place
    limit greatest(1000, 20 * k)
),

best as (
    select
        passage_vectors.passage_id,
        list_inner_product(passage_vectors.vector, (select vector from asked))::double as similarity
    from passage_vectors
    where passage_vectors.rowid in (select place from near)
    order by similarity desc, passage_vectors.passage_id
    limit k
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
    best.similarity
from best
inner join passages using (passage_id)
inner join documents using (document_id)
order by best.similarity desc, passages.passage_id;
