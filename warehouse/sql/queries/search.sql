-- The `$most` passages that best answer a question, by meaning and by words, among the `chosen`: it goes on from
-- search_among_all.sql, or from search_among_filtered.sql.
-- Meaning is the cosine to `$vector`, exact for the `$pool` passages that share most signs with it and for the `$depth`
-- best by words. Wording is the share of the BM25 weight of the question's words that a passage has (`$full_weight` is
-- all of it). In another language than the question's only names can match: there meaning stands in for words, or no
-- translation could come first (the weights were chosen on halves of the questions of bench/search and bench/retrieval).
near as materialized (
    select place
    from chosen
    -- one number to sort by: how many signs differ, then the place
    order by
        (
            bit_count(xor(sign_0, $sign_0::ubigint)) + bit_count(xor(sign_1, $sign_1::ubigint))
            + bit_count(xor(sign_2, $sign_2::ubigint)) + bit_count(xor(sign_3, $sign_3::ubigint))
            + bit_count(xor(sign_4, $sign_4::ubigint)) + bit_count(xor(sign_5, $sign_5::ubigint))
        )::bigint * 4294967296 + place
    limit $pool
),

asked as (
    select unnest($lexeme_nos::integer[]) as lexeme_no, unnest($words::varchar[]) as word
),

matched as (
    select postings.passage_no, sum(postings.weight)::double as word_score, list(distinct asked.word) as words
    from postings
    inner join asked using (lexeme_no)
    group by postings.passage_no
),

by_words as materialized (
    select matched.passage_no, matched.word_score, matched.words, chosen.place
    from matched
    inner join chosen using (passage_no)
    order by matched.word_score desc, matched.passage_no
    limit $depth
),

compared as materialized (
    select
        passage_no, passage_id, language, copy_group, vector,
        list_inner_product(vector, $vector::float[])::double as similarity
    from passage_vectors
    where rowid in (select place from near union select place from by_words)
),

weighed as (
    select
        compared.*,
        by_words.word_score,
        by_words.words,
        least(1, coalesce(by_words.word_score / $full_weight, 0)) as wording,
        split_part(compared.language, '-', 1) = $asked_language as is_own_language
    from compared
    left join by_words using (passage_no)
),

best as materialized (
    select
        *,
        case
            when $asked_language is null then similarity
            when is_own_language then (similarity + 0.5 * wording) / 1.5
            else (similarity + greatest(0.5 * wording, 0.3 * similarity)) / 1.5
        end as score
    from weighed
    order by score desc, passage_no
    limit $most
)

select
    passages.passage_id,
    documents.document_id,
    documents.uri,
    documents.url,
    documents.host,
    documents.title,
    documents.author,
    documents.published_on,
    passages.language,
    passages.text,
    passages.text_en,
    passages.trust,
    best.score,
    best.similarity,
    best.word_score,
    list_sort(coalesce(best.words, [])) as words,
    passages.span_start,
    passages.span_end,
    passages.first_line,
    passages.last_line,
    best.vector,
    best.copy_group
from best
inner join passages using (passage_id)
inner join documents using (document_id)
order by best.score desc, best.passage_no;
