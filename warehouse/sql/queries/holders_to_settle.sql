-- Which current pages hold text that a page of the same bytes with an earlier address should hold, and which page is that?
-- Who asks: the stage `pages`, so that it does not matter in which order pages come.
select holder.page_id, min_by(other.page_id, other.uri) as heir
from pages as holder
inner join pages as other on other.sha256 = holder.sha256 and other.uri < holder.uri
where
    holder.sha256 in (select unnest($hashes::varchar[]))
    and holder.is_current
    and holder.text is not null
    and other.is_current
    and other.duplicate_of = holder.page_id
group by holder.page_id
order by holder.page_id;
