-- How many independent hosts and authors stand behind each theme? Copies count once; an author without a name on the
-- page counts as its host's.
create or replace view theme_support as
select
    themes.theme_id,
    themes.label as theme,
    count(distinct document_advice.source) as source_count,
    count(distinct coalesce(lower(document_advice.author), document_advice.source)) as author_count,
    count(distinct document_advice.language) as language_count,
    count(distinct document_advice.document_id) as document_count,
    count(document_advice.advice_id) as advice_count,
    count(document_advice.advice_id) filter (document_advice.polarity = 'dont') as dont_count,
    (select count(*) from theme_dissent where theme_dissent.theme_id = themes.theme_id) as dissent_count
from themes
left join document_advice on document_advice.theme_id = themes.theme_id and not document_advice.is_copy
group by themes.theme_id, themes.label
order by source_count desc, advice_count desc, themes.theme_id;
