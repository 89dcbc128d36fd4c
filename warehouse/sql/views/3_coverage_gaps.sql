-- Which languages, and which hosts with at least three articles, never speak of a theme that two sources share?
create or replace view coverage_gaps as
with speakers as (
    select 'language' as kind, language as name, count(distinct document_id) as document_count
    from document_advice
    where not is_copy
    group by language
    union all
    select 'host', source, count(distinct document_id)
    from document_advice
    where not is_copy
    group by source
    having count(distinct document_id) >= 3
),

spoken as (
    select distinct theme_id, unnest([language, source]) as name
    from document_advice
    where theme_id is not null and not is_copy
)

select
    theme_support.theme_id,
    theme_support.theme,
    theme_support.source_count,
    speakers.kind,
    speakers.name,
    speakers.document_count
from theme_support
cross join speakers
left join spoken on spoken.theme_id = theme_support.theme_id and spoken.name = speakers.name
where theme_support.source_count >= 2 and spoken.theme_id is null
order by theme_support.source_count desc, theme_support.theme_id, speakers.kind desc, speakers.name;
