-- How often each passage holds each lexeme.
create or replace temp table counts as
with tokens as (
    select
        passage_vectors.passage_no,
        split_part(passage_vectors.language, '-', 1) as language,
        unnest(words_of(passages.text)) as word
    from passage_vectors
    inner join passages using (passage_id)
)

select lexeme_of.lexeme_no, tokens.passage_no, count(*)::integer as occurrences
from tokens
inner join lexeme_of using (language, word)
group by lexeme_of.lexeme_no, tokens.passage_no;
