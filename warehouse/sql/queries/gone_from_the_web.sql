-- Which pages did a server say, in this run, that it has no longer? Who asks: the stage `gone`.
select pages.uri
from pages
inner join run_pages on run_pages.uri = pages.uri
inner join quarantine on quarantine.uri = pages.uri
where
    run_pages.run_id = $run_id
    and run_pages.outcome = 'quarantined'
    and quarantine.code = 'http-error'
    and quarantine.reason in ('status 404', 'status 410')
    and pages.is_current
    and pages.gone_at is null;
