-- Every part belongs to a theme that exists and has members in it; a contradiction joins members of one theme: else a
-- reader is shown parts and quarrels that are not there.
select 'part of a theme that is gone: ' || sub_theme_id as problem
from sub_themes anti join themes using (theme_id)
union all
select 'part without members: ' || sub_theme_id
from sub_themes anti join theme_members using (sub_theme_id)
union all
select 'contradiction across themes: ' || theme_dissent.do_advice_id
from theme_dissent
left join theme_members as ones on ones.advice_id = theme_dissent.do_advice_id
left join theme_members as others on others.advice_id = theme_dissent.dont_advice_id
where ones.theme_id is distinct from theme_dissent.theme_id or others.theme_id is distinct from theme_dissent.theme_id;
