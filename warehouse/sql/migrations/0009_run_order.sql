-- The order of runs, and of what they did, by numbers that only grow: a clock may be set back.
alter table runs add column run_no bigint;
update runs set run_no = numbered.run_no
from (select run_id, row_number() over (order by started_at, run_id) as run_no from runs) as numbered
where numbered.run_id = runs.run_id;
comment on column runs.run_no is 'Its place in the order of runs, from 1; times may be those of a clock that was set back';

alter table ledger add column entry_no bigint;
update ledger set entry_no = numbered.entry_no
from (
    select run_id, stage, batch_key, row_number() over (order by finished_at, run_id, stage, batch_key) as entry_no
    from ledger
) as numbered
where
    numbered.run_id = ledger.run_id and numbered.stage = ledger.stage and numbered.batch_key = ledger.batch_key;
comment on column ledger.entry_no is 'Its place in the order of what was done, in all runs';
