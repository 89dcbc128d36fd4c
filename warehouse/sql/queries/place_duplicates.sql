-- Where does a page stand whose bytes another page holds? Where somebody saw it; else what the bytes say of it; else where
-- its path says; else with the page that holds them. Who asks: the stage `pages`, whenever a holder came or changed.
update pages
set
    url = holder.url,
    url_source = if(address_rank(holder.url_source) = 2, holder.url_source, if(holder.url is null, null, 'same bytes')),
    host = holder.host,
    host_source = holder.host_source
from pages as holder
where
    pages.sha256 in (select unnest($hashes::varchar[]))
    and pages.is_current
    and holder.page_id = pages.duplicate_of
    and (
        address_rank(pages.url_source) = 0
        or (address_rank(pages.url_source) = 1 and address_rank(holder.url_source) = 2)
    );
