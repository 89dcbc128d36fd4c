-- The blocks of a page in order, with their verdicts: all of them, or those that reach into lines `$first_line` to
-- `$last_line`. Who asks: `explain` and `why_not`, which cut the text of the page along them. The view page_lines
-- has the same rows, but finds the start of each piece by counting characters, which a line of megabytes makes slow.
select block_no, kind, kept, rule, span_start, span_end
from blocks
where
    page_id = $page
    and ($first_line is null or last_line >= $first_line)
    and ($last_line is null or first_line <= $last_line)
order by block_no;
