-- Every uri has exactly one current version, and a current page has its text or is a duplicate of a current one
-- that has: otherwise a page is shown twice or not at all.
select uri || ' has ' || count(*) filter (where is_current) || ' current versions' as problem
from pages
group by uri
having count(*) filter (where is_current) <> 1
union all
select shown.uri || ' has neither text nor a current page with the same bytes'
from pages as shown
left join pages as holder on holder.page_id = shown.duplicate_of
where
    shown.is_current
    and shown.text is null
    and (holder.page_id is null or holder.text is null or not holder.is_current or holder.sha256 <> shown.sha256);
