-- How were these pages decoded? Who asks: the stage `repetition`, and `verify`, which read them again.
select
    uri,
    sha256,
    url,
    url_source,
    fetched_at,
    fetched_source,
    text,
    charset,
    charset_source,
    media_type,
    repairs,
    page_id
from pages
where page_id in (select unnest($pages::varchar[]))
order by page_id;
