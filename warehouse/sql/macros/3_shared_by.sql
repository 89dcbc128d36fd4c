-- Which advice do at least this many independent sources share? As shared_advice, with the number to choose.
create or replace macro shared_by(sources) as table
select * from shared_advice where source_count >= sources order by source_count desc, theme_id, source;
