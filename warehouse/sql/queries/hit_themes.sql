-- Which theme does each of these passages belong to: that of the advice in it that is most central to its theme?
select advice.passage_id, arg_max(themes.label, (theme_members.similarity, themes.theme_id)) as theme
from advice
inner join theme_members using (advice_id)
inner join themes using (theme_id)
where advice.passage_id in (select unnest($passages::varchar[]))
group by advice.passage_id;
