-- The beginning of a search over everything: of a document and its copies, the original.
with chosen as not materialized (
    select
        rowid as place, passage_no, sign_0, sign_1, sign_2, sign_3, sign_4, sign_5
    from passage_vectors
    where not is_copy and passage_no is distinct from $without
),

