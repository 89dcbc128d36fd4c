-- What did web servers give to ask them whether a page has changed? Who asks: a run that fetches addresses.
-- A page that this program would read differently now is left out: its bytes are needed.
select uri, sha256, etag, last_modified
from pages
where
    is_current
    and (etag is not null or last_modified is not null)
    and string_split(parse_fingerprint, ':')[1] = $code;
