-- What each lexeme adds to the BM25 score of each passage that holds it.
create or replace table postings as
with sizes as (
    select passage_no, sum(occurrences) as words from counts group by passage_no
),

spoken as (
    select split_part(passage_vectors.language, '-', 1) as language, avg(sizes.words) as mean_words
    from passage_vectors
    inner join sizes using (passage_no)
    group by all
)

select
    counts.lexeme_no,
    counts.passage_no,
    (
        lexemes.most * counts.occurrences
        / (counts.occurrences + 1.2 * (0.25 + 0.75 * sizes.words / spoken.mean_words))
    )::float as weight
from counts
inner join sizes using (passage_no)
inner join lexemes using (lexeme_no)
inner join spoken using (language)
order by counts.lexeme_no, counts.passage_no;
