-- The largest pieces that were taken off a page, as a reader would see them.
select first_line, last_line, kind, rule, length(text) as characters, left(text, 300) as text
from blocks
where page_id = $page and not kept and text <> ''
order by length(text) desc, block_no
limit 5;
