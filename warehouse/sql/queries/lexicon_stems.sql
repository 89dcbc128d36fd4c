-- Stems of words to lexemes: without accents, numbered by language and name.
create or replace temp table lexeme_of as
with lexed as (
    select language, word, strip_accents(stem) as lexeme from incoming
),

numbered as (
    select language, lexeme, (row_number() over (order by language, lexeme) - 1)::integer as lexeme_no
    from (select distinct language, lexeme from lexed)
)

select lexed.language, lexed.word, lexed.lexeme, numbered.lexeme_no
from lexed
inner join numbered using (language, lexeme);
