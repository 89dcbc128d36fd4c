-- Which version of each uri is current, now that `$pages` were written, in this order? Who asks: the stage `pages`, so that
-- an old archive that is read late does not bring back what has changed since. The version fetched last; of a file, whose
-- time says nothing of its age (a copy from a backup is what is there now), the one that was read last.
with written as (
    select unnest($pages::varchar[]) as page_id, generate_subscripts($pages::varchar[], 1) as place
),

versions as (
    select
        pages.uri,
        pages.page_id,
        written.place,
        coalesce(
            if(pages.fetched_source = 'file-time' and starts_with(pages.uri, 'file:'), null, pages.fetched_at),
            if(written.place is null, '-infinity'::timestamp, 'infinity'::timestamp)
        ) as age
    from pages
    left join written using (page_id)
    where pages.is_current and pages.uri in (select unnest($uris::varchar[]))
)

select uri, page_id
from versions
qualify row_number() over (partition by uri order by age desc, place desc nulls last) = 1;
