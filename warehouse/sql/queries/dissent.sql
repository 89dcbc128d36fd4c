-- Pairs of advice that contradict each other, in one theme (its id or label) or in all, the surest first.
select * from dissent
where $theme is null or theme_id = $theme or lower(theme) = lower($theme)
order by score desc, do_advice_id, dont_advice_id
limit $most;
