-- The lines of a page between two numbers, or all of them, with their verdicts.
select line_no, kind, kept, rule, text
from page_lines
where
    uri = $uri
    and ($first_line is null or line_no >= $first_line)
    and ($last_line is null or line_no <= $last_line)
order by line_no, block_no;
