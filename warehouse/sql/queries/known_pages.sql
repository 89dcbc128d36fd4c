-- What is known of the pages `$uris[i]` with bytes `$hashes[i]`, fetched at `$times[i]` (NULL: whenever), before they are
-- read? A version that is not current is older by the time at which it comes now, not by when it came before.
-- `holder` is a current page with the same bytes that has the text. A fingerprint is code, a colon and the limits of
-- time and memory: only a page that ran into those is tried again when they change.
with asked as (
    select
        unnest($uris::varchar[]) as uri,
        unnest($hashes::varchar[]) as sha256,
        unnest($times::timestamp[]) as fetched_at
),

distinct_asked as (
    select uri, sha256, max(fetched_at) as fetched_at from asked group by uri, sha256
),

held as (
    select
        uri, sha256, page_id, is_current, fetched_at, fetched_source, url, url_source, parse_fingerprint,
        text is not null as has_text
    from pages
),

holders as (
    select sha256, min(page_id) as page_id
    from held
    where is_current and has_text
    group by sha256
)

select
    distinct_asked.uri,
    distinct_asked.sha256,
    coalesce(same.is_current, false) as is_current,
    coalesce(same.has_text, false) as has_text,
    coalesce(string_split(same.parse_fingerprint, ':')[1] = $code, false)
        as is_read_as_now,
    coalesce(not same.is_current and distinct_asked.fetched_at < newest.fetched_at, false) as is_older,
    quarantine.uri is not null as is_quarantined,
    holders.page_id as holder,
    case when same.url_source = 'sidecar' then same.url end as sidecar_url,
    case when same.fetched_source = 'sidecar' then same.fetched_at end as sidecar_time
from distinct_asked
left join held as same on same.uri = distinct_asked.uri and same.sha256 = distinct_asked.sha256
left join held as newest on newest.uri = distinct_asked.uri and newest.is_current
left join quarantine
    on quarantine.uri = distinct_asked.uri
    and quarantine.sha256 = distinct_asked.sha256
    and string_split(quarantine.parse_fingerprint, ':')[1] = $code
    and (quarantine.parse_fingerprint = $parse_fingerprint or quarantine.code not in ('timeout', 'crash'))
left join holders on holders.sha256 = distinct_asked.sha256;
