-- Where does a page stand whose bytes another page holds? Where somebody saw it; else what the bytes say of it; else where
-- its path says; else with the page that holds them. Who asks: the stage `pages`, whenever a holder came or changed.
update pages
set
    url = holder.url,
    url_source = case
        when holder.url_source in ('sidecar', 'record', 'warc', 'fetch', 'path') then 'same bytes' else holder.url_source
    end,
    host = holder.host,
    host_source = holder.host_source
from pages as holder
where
    pages.sha256 in (select unnest($hashes::varchar[]))
    and pages.is_current
    and holder.page_id = pages.duplicate_of
    and (
        pages.url is null
        or pages.url_source = 'same bytes'
        or (
            pages.url_source = 'path'
            and holder.url_source not in ('sidecar', 'record', 'warc', 'fetch', 'path', 'same bytes')
        )
    );
