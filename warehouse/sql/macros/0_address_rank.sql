-- How well is it known where a page stands? 3: somebody saw it there; 2: the page says so; 1: its path says so; 0: nobody.
create or replace macro address_rank(url_source) as case
    when url_source in ('sidecar', 'record', 'warc', 'fetch') then 3
    when url_source = 'path' then 1
    when url_source is null or url_source = 'same bytes' then 0
    else 2
end;
