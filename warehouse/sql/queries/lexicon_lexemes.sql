-- The lexemes, how many passages hold each, and how much that makes each worth: BM25 as Lucene has it (Robertson and
-- Zaragoza 2009: k1 1.2, b 0.75; an idf that is never below 0), over the passages of its language.
create or replace table lexemes as
with spoken as (
    select split_part(language, '-', 1) as language, count(*) as passages from passage_vectors group by all
)

select
    lexeme_of.lexeme_no,
    lexeme_of.language,
    lexeme_of.lexeme,
    count(*) as passage_count,
    2.2 * ln(1 + (any_value(spoken.passages) - passage_count + 0.5) / (passage_count + 0.5)) as most
from (select distinct lexeme_no, language, lexeme from lexeme_of) as lexeme_of
inner join counts using (lexeme_no)
inner join spoken using (language)
group by lexeme_of.lexeme_no, lexeme_of.language, lexeme_of.lexeme
order by lexeme_of.lexeme_no;
