-- What was taken off the pages, as which kind, and by which rule?
create or replace view stripped as
select
    pages.uri,
    coalesce(pages.host, pages.uri) as source,
    blocks.kind,
    blocks.rule,
    blocks.first_line,
    blocks.last_line,
    blocks.text,
    blocks.page_id,
    blocks.block_no
from blocks
inner join pages on pages.page_id = blocks.page_id
where pages.is_current and not blocks.kept and blocks.text <> '';
