-- What did each run do, how long did its stages take, and how did it end? The newest first.
create or replace view run_summary as
with stage_totals as (
    select
        run_id,
        stage,
        count(*) as batches,
        sum(rows_written)::bigint as rows_written,
        round(sum(seconds), 3) as seconds,
        min(entry_no) as first_entry_no
    from ledger
    group by run_id, stage
),

run_stages as (
    select
        run_id,
        list(
            struct_pack(stage := stage, batches := batches, rows_written := rows_written, seconds := seconds)
            order by first_entry_no
        ) as stages
    from stage_totals
    group by run_id
)

select
    runs.run_id,
    runs.status,
    runs.started_at,
    runs.finished_at,
    if(runs.finished_at >= runs.started_at, round(epoch(runs.finished_at - runs.started_at), 3), null) as seconds,
    runs.pages_seen,
    runs.loaded,
    runs.unchanged,
    runs.duplicate,
    runs.quarantined,
    runs.message,
    runs.sources,
    runs.code_version,
    coalesce(run_stages.stages, []) as stages,
    runs.run_no
from runs
left join run_stages on run_stages.run_id = runs.run_id
order by runs.run_no desc;
