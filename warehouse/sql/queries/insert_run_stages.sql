insert or replace into run_stages by name
select run_id, stage_no, stage, unit, items, batches, seconds
from incoming
