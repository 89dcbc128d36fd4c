-- Store pages whose bytes another page already has: what the bytes say comes from that page's row.
insert into pages by name
select
    incoming.* replace (
        holder.media_type as media_type,
        holder.charset as charset,
        holder.charset_source as charset_source,
        holder.repairs as repairs,
        coalesce(incoming.url, holder.url) as url,
        if(incoming.url is null, holder.url_source, incoming.url_source) as url_source,
        coalesce(incoming.host, holder.host) as host,
        if(incoming.host is null, holder.host_source, incoming.host_source) as host_source
    )
from incoming
inner join pages as holder on holder.page_id = incoming.duplicate_of;
