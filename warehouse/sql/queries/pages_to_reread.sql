-- Which pages were judged under other repeated lines than their host has now, and which lines are those?
-- Who asks: the stage `repetition`. A page that shares nothing any more is read again, too: its list is empty.
select pages.page_id, coalesce(repeated_lines.lines, []) as lines, coalesce(repeated_lines.digest, '') as digest
from pages
left join repeated_lines using (page_id)
where
    pages.is_current
    and pages.text is not null
    and coalesce(pages.repeated, '') <> coalesce(repeated_lines.digest, '')
order by pages.page_id;
