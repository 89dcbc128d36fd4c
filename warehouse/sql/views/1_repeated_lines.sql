-- Which lines of each page do other pages of its host repeat? `digest` names them, as `pages.repeated` does.
create or replace view repeated_lines as
with repeated as (
    select blocks.page_id, list(distinct blocks.text order by blocks.text) as lines
    from blocks
    inner join pages on pages.page_id = blocks.page_id
    inner join host_lines
        on host_lines.host = pages.host
        and host_lines.line = regexp_replace(lower(blocks.text), '[0-9]+', '#', 'g')
    where host_lines.is_repeated and pages.is_current and pages.text is not null and blocks.text <> ''
    group by blocks.page_id
)

select page_id, lines, md5(array_to_string(lines, chr(10))) as digest
from repeated;
