-- Give the text of page `$page` to `$heir`, which has the same bytes. Who asks: the stage `pages`, where the page that
-- held them has changed or is not the first by address. The address is the heir's own where somebody saw it there;
-- else what the bytes say of it; its path counts last. `repeated` is no digest, so that the page is read again.
update pages
set
    duplicate_of = null,
    text = holder.text,
    repeated = 'inherited',
    parse_fingerprint = holder.parse_fingerprint,
    url = case when place.said then holder.url when pages.url_source <> 'same bytes' then pages.url end,
    url_source = case
        when place.said then holder.url_source when pages.url_source <> 'same bytes' then pages.url_source
    end,
    host = case when place.said then holder.host when pages.url_source <> 'same bytes' then pages.host end,
    host_source = case
        when place.said then holder.host_source when pages.url_source <> 'same bytes' then pages.host_source
    end
from pages as holder
cross join (
    select
        own.page_id,
        coalesce(own.url_source, '') not in ('sidecar', 'record', 'warc', 'fetch')
        and coalesce(said.url_source, 'path') not in ('sidecar', 'record', 'warc', 'fetch', 'path', 'same bytes') as said
    from pages as own
    cross join pages as said
    where own.page_id = $heir and said.page_id = $page
) as place
where pages.page_id = $heir and holder.page_id = $page;
