-- What stands on this page, line by line, and what became of each line?
create or replace macro page_at(page_uri) as table
select line_no, kind, kept, rule, text, block_no
from page_lines
where page_lines.uri = page_uri
order by line_no, block_no;
