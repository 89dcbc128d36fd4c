-- Which page that some run saw has an address that differs from this one only by scheme, www., case of the host,
-- default port, trailing slash, fragment, percent-encoding or tracking parameters (rank 3), or else a uri that ends
-- like this (4)? `$address` is the name with what no address may hold percent-encoded, `$quoted` as uris write files.
with known as (
    select uri, url from pages
    union
    select uri, null from quarantine
    union
    select uri, null from run_pages
),

asked as (
    select
        regexp_replace(
            lower(regexp_extract($address, '^(?:[a-zA-Z]+://)?([^/?#]*)', 1)), '^www\.|:(80|443)$', '', 'g'
        ) as host
    where regexp_matches($address, '^(?i)https?://') or not contains($address, '://')
),

likely as (
    select uri, uri as address from known
    union
    select uri, url from known
),

addresses as (
    select likely.uri, likely.address
    from likely
    inner join asked on contains(lower(likely.address), asked.host) and asked.host <> ''
    where regexp_matches(likely.address, '^(?i)https?://')
    union all
    select null, $address from asked
),

parts as (
    select
        uri,
        regexp_replace(
            lower(regexp_extract(address, '^(?:[a-zA-Z]+://)?([^/?#]*)', 1)), '^www\.|:(80|443)$', '', 'g'
        ) as host,
        rtrim(regexp_extract(address, '^(?:[a-zA-Z]+://)?[^/?#]*([^?#]*)', 1), '/') as path,
        list_filter(
            string_split(regexp_extract(address, '^[^?#]*\?([^#]*)', 1), '&'),
            lambda part: part <> '' and not regexp_matches(part, '^(?i)(utm_|fbclid=|gclid=)')
        ) as query
    from addresses
),

keys as (
    select
        uri,
        host,
        coalesce(try(url_decode(path)), path) || '?' || array_to_string(query, '&') as rest
    from parts
),

found as (
    select 3 as rank, keys.uri
    from keys
    inner join keys as asked_keys on asked_keys.host = keys.host and asked_keys.rest = keys.rest
    where asked_keys.uri is null and keys.uri is not null and asked_keys.host <> ''
    union all
    select 4, uri from known where ends_with(uri, $name) or ends_with(uri, $quoted)
)

select distinct rank, uri, null::varchar as page_id
from found
qualify rank = min(rank) over ()
order by uri;
