-- Which known pages have a name like this one, that none has? Those with the same last part first, then those with
-- the fewest letters changed. Only the last 200 characters are compared, of names about as long: that keeps it quick.
with names as (
    select uri as name from pages
    union
    select url from pages where url is not null
    union
    select uri from quarantine
),

places as (
    select
        min(name) as name,
        lower(right(rtrim(regexp_replace(name, '^[a-zA-Z]+://(www\.)?|(?s)[?#].*$', '', 'g'), '/'), 200)) as place,
        lower(right(rtrim(regexp_replace($name, '^[a-zA-Z]+://(www\.)?|(?s)[?#].*$', '', 'g'), '/'), 200)) as asked
    from names
    group by place, asked
),

stems as (
    select
        name,
        place,
        asked,
        regexp_replace(regexp_extract(place, '([^/]*)/?$', 1), '\.[a-z0-9]+$', '') as stem,
        regexp_replace(regexp_extract(asked, '([^/]*)/?$', 1), '\.[a-z0-9]+$', '') as asked_stem
    from places
),

near as (
    select
        name,
        length(stem) > 3 and contains(place, '/') and stem = asked_stem as is_same_end,
        if(abs(length(place) - length(asked)) * 4 <= length(asked), levenshtein(place, asked), null) as distance
    from stems
    where length(asked) > 2
)

select name
from near
where is_same_end or distance * 4 <= (select max(length(asked)) from places)
order by is_same_end desc, distance nulls last, name
limit 5;
