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

ledger_stages as ( -- the sum over the batches: all that is known of a run that was killed, or older than run_stages
    select
        run_id,
        list(
            struct_pack(
                stage := stage,
                unit := 'rows',
                batches := batches,
                items := rows_written,
                seconds := seconds,
                rate := round(nullif(rows_written, 0) / nullif(seconds, 0), 1)
            )
            order by first_entry_no
        ) as stages
    from stage_totals
    group by run_id
),

timed_stages as (
    select
        run_id,
        list(
            struct_pack(
                stage := stage,
                unit := unit,
                batches := batches,
                items := items,
                seconds := round(seconds, 3),
                rate := round(nullif(items, 0) / nullif(seconds, 0), 1)
            )
            order by stage_no
        ) as stages
    from run_stages
    group by run_id
),

timed as (
    select *, if(finished_at >= started_at, epoch(finished_at - started_at), null) as elapsed from runs
)

select
    timed.run_id,
    timed.status,
    timed.started_at,
    timed.finished_at,
    round(timed.elapsed, 3) as seconds,
    timed.pages_seen,
    timed.loaded,
    timed.unchanged,
    timed.duplicate,
    timed.quarantined,
    round(timed.pages_seen / nullif(timed.elapsed, 0), 2) as pages_per_second,
    timed.message,
    timed.sources,
    timed.code_version,
    timed.engines,
    timed.model,
    coalesce(timed.warnings, []) as warnings,
    timed.peak_memory_bytes,
    timed.worker_memory_bytes,
    coalesce(timed_stages.stages, ledger_stages.stages, []) as stages,
    timed.run_no
from timed
left join ledger_stages on ledger_stages.run_id = timed.run_id
left join timed_stages on timed_stages.run_id = timed.run_id
order by timed.run_no desc;
