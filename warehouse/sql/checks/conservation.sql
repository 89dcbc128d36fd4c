-- Pages seen = loaded + unchanged + duplicate + quarantined in the last run, each with the row that proves it:
-- a page without one was lost, and nobody would know.
with last_run as (
    select * from runs order by run_no desc limit 1
),

seen as (
    select run_pages.* from run_pages inner join last_run on last_run.run_id = run_pages.run_id
),

counted as (
    select
        count(*) as pages_seen,
        count(*) filter (where outcome = 'loaded') as loaded,
        count(*) filter (where outcome = 'unchanged') as unchanged,
        count(*) filter (where outcome = 'duplicate') as duplicate,
        count(*) filter (where outcome = 'quarantined') as quarantined
    from seen
),

handled as (
    select coalesce(sum(ledger.rows_written), 0)::bigint as pages
    from ledger
    inner join last_run on last_run.run_id = ledger.run_id
    where ledger.stage = 'pages'
),

readable as (
    select distinct uri from seen where outcome <> 'quarantined'
)

select 'the ledger handled ' || handled.pages || ' pages, run_pages has ' || counted.pages_seen as problem
from counted
cross join handled
where counted.pages_seen <> handled.pages
union all
select 'the counts of run ' || last_run.run_id || ' do not add up to its pages'
from last_run
cross join counted
where
    last_run.status = 'finished'
    and (
        (last_run.pages_seen, last_run.loaded, last_run.unchanged, last_run.duplicate, last_run.quarantined)
        <> (counted.pages_seen, counted.loaded, counted.unchanged, counted.duplicate, counted.quarantined)
        or last_run.pages_seen
        <> last_run.loaded + last_run.unchanged + last_run.duplicate + last_run.quarantined
    )
union all
select seen.outcome || ' without a page: ' || seen.uri
from seen
left join pages on pages.page_id = seen.page_id
where seen.outcome <> 'quarantined' and pages.page_id is null
union all
select 'quarantined without a reason: ' || seen.uri
from seen
left join quarantine on quarantine.uri = seen.uri
left join readable on readable.uri = seen.uri
where seen.outcome = 'quarantined' and quarantine.uri is null and readable.uri is null;
