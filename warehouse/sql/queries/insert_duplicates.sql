-- Store pages whose bytes another page already has: what the bytes say comes from that page's row,
-- and so does the url in its sidecar, which is no sidecar of this page.
insert into pages by name
select
    incoming.* replace (
        holder.media_type as media_type,
        holder.charset as charset,
        holder.charset_source as charset_source,
        holder.repairs as repairs,
        coalesce(incoming.url, holder.url) as url,
        case
            when incoming.url is not null then incoming.url_source
            when holder.url_source = 'sidecar' then 'same bytes'
            else holder.url_source
        end as url_source,
        coalesce(incoming.host, holder.host) as host,
        if(incoming.host is null, holder.host_source, incoming.host_source) as host_source
    )
from incoming
inner join pages as holder on holder.page_id = incoming.duplicate_of;
