-- Which advice do at least two independent sources share? One sentence of each source, the most central one.
-- Copies are not counted as sources; `sentence_en` is null where no engine could translate the sentence.
create or replace view shared_advice as
with theme_advice as (
    select * from document_advice where theme_id is not null and not is_copy
),

theme_support as (
    select theme_id, count(distinct source) as source_count
    from theme_advice
    group by theme_id
)

select
    theme_advice.theme_id,
    theme_advice.theme,
    theme_support.source_count,
    theme_advice.source,
    theme_advice.language,
    theme_advice.sentence_en,
    theme_advice.sentence,
    theme_advice.polarity,
    theme_advice.advice_id,
    theme_advice.uri,
    theme_advice.url
from theme_advice
inner join theme_support on theme_support.theme_id = theme_advice.theme_id
where theme_support.source_count >= 2
qualify row_number() over (
    partition by theme_advice.theme_id, theme_advice.source
    order by theme_advice.similarity desc, theme_advice.advice_id
) = 1
order by theme_support.source_count desc, theme_advice.theme_id, theme_advice.source;
