-- Store pages whose bytes another page already has: what the bytes say comes from that page's row; where they stand is
-- settled by place_duplicates.sql.
insert into pages by name
select
    incoming.* replace (
        holder.media_type as media_type,
        holder.charset as charset,
        holder.charset_source as charset_source,
        holder.repairs as repairs
    )
from incoming
inner join pages as holder on holder.page_id = incoming.duplicate_of;
