-- Write the English of every piece of advice whose translation changed.
with advice_in_english as (
    select
        advice.advice_id,
        if(advice.language = 'en', advice.sentence, translations.text_en) as sentence_en
    from advice
    inner join sentences on sentences.sentence_id = advice.sentence_id
    left join translations
        on translations.text_hash = sentences.text_hash and translations.language = sentences.language
)

update advice
set sentence_en = advice_in_english.sentence_en
from advice_in_english
where
    advice_in_english.advice_id = advice.advice_id
    and advice.sentence_en is distinct from advice_in_english.sentence_en;
