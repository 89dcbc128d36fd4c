-- Give the text of page `$page` to `$heir`, which has the same bytes. Who asks: the stage `pages`, where the page that
-- held them has changed or is not the first by address. Where the heir stands is what is known best: what somebody saw
-- of it, what the bytes say, its path. `repeated` is no digest, so that the page is read again.
with known_best as (
    select place.*
    from pages as own
    cross join pages as holder
    inner join pages as place
        on place.page_id = if(
            address_rank(holder.url_source) = 2 and address_rank(own.url_source) < 2, holder.page_id, own.page_id
        )
    where own.page_id = $heir and holder.page_id = $page and address_rank(place.url_source) > 0
)

update pages
set
    duplicate_of = null,
    text = holder.text,
    repeated = 'inherited',
    parse_fingerprint = holder.parse_fingerprint,
    url = known_best.url,
    url_source = known_best.url_source,
    host = known_best.host,
    host_source = known_best.host_source
from pages as holder
left join known_best on true
where pages.page_id = $heir and holder.page_id = $page;
