-- What became of the themes from run to run, and why? The newest first; `theme` is the label that it has now, if it is.
create or replace view theme_history as
select
    theme_events.happened_at,
    theme_events.event,
    theme_events.theme_id,
    themes.label as theme,
    theme_events.other_theme_id,
    others.label as other_theme,
    theme_events.advice_count,
    theme_events.reason,
    theme_events.run_id
from theme_events
left join runs using (run_id)
left join themes on themes.theme_id = theme_events.theme_id
left join themes as others on others.theme_id = theme_events.other_theme_id
order by runs.run_no desc, theme_events.event_no;
