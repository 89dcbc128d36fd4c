-- On how many pages of each host does each line stand? Who asks: the stage `repetition`, which strips what many share.
-- Pages whose three longest blocks are the same are one article under several addresses, and count once. A line is
-- repeated from three pages on, and from a tenth of the host's, of which ten are always enough.
insert into host_lines
with shown as (
    select
        pages.host,
        blocks.page_id,
        blocks.text,
        regexp_replace(lower(blocks.text), '[0-9]+', '#', 'g') as line
    from blocks
    inner join pages on pages.page_id = blocks.page_id
    where pages.is_current and pages.text is not null and pages.host is not null and blocks.text <> ''
),

articles as (
    select page_id, md5(array_to_string(list_sort(max_by(text, length(text), 3)), chr(10))) as article
    from shown
    group by page_id
),

hosts as (
    select pages.host, count(distinct articles.article) as host_page_count
    from articles
    inner join pages on pages.page_id = articles.page_id
    group by pages.host
),

lines as (
    select shown.host, shown.line, count(distinct articles.article) as page_count
    from shown
    inner join articles on articles.page_id = shown.page_id
    group by shown.host, shown.line
    having count(distinct articles.article) >= 2
)

select
    lines.host,
    lines.line,
    lines.page_count,
    hosts.host_page_count,
    lines.page_count >= greatest(3, least(10, ceil(hosts.host_page_count / 10))) as is_repeated
from lines
inner join hosts on hosts.host = lines.host;
