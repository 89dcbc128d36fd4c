-- Which `$most` pages shall be made again, to see whether they still say the same, and which lines of them does their
-- host repeat? Who asks: `verify`. The same `$seed` chooses the same pages.
select pages.page_id, coalesce(repeated_lines.lines, []) as lines
from pages
left join repeated_lines using (page_id)
where pages.is_current and pages.text is not null
order by md5($seed || pages.page_id), pages.page_id
limit $most;
