-- Every uri has exactly one current version, and a current page has its text or is a duplicate of a current one
-- that has: otherwise a page is shown twice or not at all.
with held as (
    select page_id, uri, sha256, is_current, duplicate_of, text is not null as has_text from pages
)

select uri || ' has ' || count(*) filter (where is_current) || ' current versions' as problem
from pages
group by uri
having count(*) filter (where is_current) <> 1
union all
select shown.uri || ' has neither text nor a current page with the same bytes'
from held as shown
left join held as holder on holder.page_id = shown.duplicate_of
where
    shown.is_current
    and not shown.has_text
    and (holder.page_id is null or not holder.has_text or not holder.is_current or holder.sha256 <> shown.sha256);
