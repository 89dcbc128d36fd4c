-- What is advised about this word? It is looked for in the original and in the English, whatever its case and accents.
create or replace macro advice_on(word) as table
select *
from document_advice
where
    contains(strip_accents(lower(sentence)), strip_accents(lower(word)))
    or contains(strip_accents(lower(coalesce(sentence_en, ''))), strip_accents(lower(word)))
order by is_copy, score desc, advice_id;
