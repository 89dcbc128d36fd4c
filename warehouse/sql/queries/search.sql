-- The `$most` passages that best answer a question, by meaning and by words, among those that the filters let through.
-- Meaning is the cosine to `$vector`, exact for the `$pool` passages that share most signs with it and for the `$depth`
-- best by words. Wording is the share of the BM25 weight of the question's words that a passage has (`$full_weight` is
-- all of it). In another language than the question's only names can match: there meaning stands in for words, or no
-- translation could come first (the weights were chosen on halves of the questions of bench/search and bench/retrieval).
with eligible as not materialized (
    select
        rowid as place, passage_no, passage_id, document_id, language, copy_group, is_copy,
        sign_0, sign_1, sign_2, sign_3, sign_4, sign_5
    from passage_vectors
    where
        ($language is null or language = $language or starts_with(language, $language || '-'))
        and ($source is null or source = $source)
        and ($author is null or contains(lower(strip_accents(author)), lower(strip_accents($author))))
        and ($since is null or published_on >= $since)
        and ($until is null or published_on <= $until)
        and ($least_trust is null or trust >= $least_trust)
        and (not $advice_only or is_advice)
        and ($theme_ids is null or list_has_any(theme_ids, $theme_ids))
        and ($except is null or passage_id <> $except)
),

-- of a document and its copies one is shown: the original where the filters let it through
shown as (
    select copy_group, min_by(document_id, (is_copy, document_id)) as document_id
    from eligible
    where copy_group is not null
    group by copy_group
),

chosen as not materialized (
    from eligible
    where copy_group is null or document_id in (select document_id from shown)
),

near as materialized (
    select place
    from chosen
    order by
        bit_count(xor(sign_0, $sign_0::ubigint)) + bit_count(xor(sign_1, $sign_1::ubigint))
        + bit_count(xor(sign_2, $sign_2::ubigint)) + bit_count(xor(sign_3, $sign_3::ubigint))
        + bit_count(xor(sign_4, $sign_4::ubigint)) + bit_count(xor(sign_5, $sign_5::ubigint)),
        place
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

compared as (
    select passage_no, language, list_inner_product(vector, $vector::float[])::double as similarity
    from passage_vectors
    where rowid in (select place from near union select place from by_words)
),

weighed as (
    select
        compared.passage_no,
        compared.similarity,
        by_words.word_score,
        by_words.words,
        least(1, coalesce(by_words.word_score / $full_weight, 0)) as wording,
        split_part(compared.language, '-', 1) = $asked_language as is_own_language
    from compared
    left join by_words using (passage_no)
),

best as (
    select
        passage_vectors.passage_no,
        passage_vectors.passage_id,
        passage_vectors.vector,
        passage_vectors.copy_group,
        weighed.similarity,
        weighed.word_score,
        weighed.words,
        case
            when $asked_language is null then weighed.similarity
            when weighed.is_own_language then (weighed.similarity + 0.5 * weighed.wording) / 1.5
            else (weighed.similarity + greatest(0.5 * weighed.wording, 0.3 * weighed.similarity)) / 1.5
        end as score
    from weighed
    inner join passage_vectors using (passage_no)
    order by score desc, passage_vectors.passage_no
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
