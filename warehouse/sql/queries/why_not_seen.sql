-- Which runs saw the page `$uri`, and what became of it then? The newest first.
select run_pages.run_id, runs.started_at, arg_max(run_pages.outcome, (run_pages.batch_key, run_pages.page_no)) as outcome
from run_pages
inner join runs on runs.run_id = run_pages.run_id
where run_pages.uri = $uri
group by run_pages.run_id, runs.started_at, runs.run_no
order by runs.run_no desc;
