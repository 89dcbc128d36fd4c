-- The stages of a run; said again, they are corrected.
insert or replace into run_stages by name
select run_id, stage_no, stage, unit, items, batches, seconds
from incoming
