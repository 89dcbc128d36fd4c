-- Which pages were judged under other repeated lines than their host has now, and which lines are those?
-- Who asks: the stage `repetition`. A page that shares nothing any more is read again, too: its list is empty.
with repeated as (
    select blocks.page_id, list(distinct blocks.text order by blocks.text) as lines
    from blocks
    inner join pages on pages.page_id = blocks.page_id
    inner join host_lines
        on host_lines.host = pages.host
        and host_lines.line = regexp_replace(lower(blocks.text), '[0-9]+', '#', 'g')
    where host_lines.is_repeated and pages.is_current and pages.text is not null and blocks.text <> ''
    group by blocks.page_id
),

named as (
    select page_id, lines, md5(array_to_string(lines, chr(10))) as digest
    from repeated
)

select pages.page_id, coalesce(named.lines, []) as lines, coalesce(named.digest, '') as digest
from pages
left join named on named.page_id = pages.page_id
where pages.is_current and pages.text is not null and coalesce(pages.repeated, '') <> coalesce(named.digest, '')
order by pages.page_id;
