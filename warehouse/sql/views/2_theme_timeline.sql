-- How does a theme move over the months in which its advice was published? Pages without a date are left out.
create or replace view theme_timeline as
select
    theme_id,
    theme,
    date_trunc('month', published_on)::date as month,
    count(*) as advice_count,
    count(distinct source) as source_count,
    count(*) filter (polarity = 'dont') as dont_count
from document_advice
where theme_id is not null and not is_copy and published_on is not null
group by theme_id, theme, date_trunc('month', published_on)
order by theme_id, month;
