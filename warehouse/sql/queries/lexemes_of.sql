-- Which lexemes does each word of a question stand for: as it stands in the corpus, or by its stem in a language?
with asked as (
    select unnest($words::varchar[]) as word, unnest($languages::varchar[]) as language, unnest($stems::varchar[]) as stem
),

found as (
    select asked.word, word_forms.lexeme_no
    from word_forms
    inner join asked on word_forms.word = strip_accents(asked.word)
    union
    select asked.word, lexemes.lexeme_no
    from lexemes
    inner join asked on lexemes.lexeme = strip_accents(asked.stem) and lexemes.language = asked.language
)

select found.word, found.lexeme_no, lexemes.language, lexemes.most
from found
inner join lexemes using (lexeme_no)
order by found.word, found.lexeme_no;
