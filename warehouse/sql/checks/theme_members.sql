-- Every member of a theme is advice that exists, in a theme that exists: else support is counted that nobody gave.
select 'member that is no advice: ' || advice_id as problem
from theme_members anti join advice using (advice_id)
union all
select 'member of a theme that is gone: ' || advice_id
from theme_members anti join themes using (theme_id)
union all
select 'theme without members: ' || theme_id
from themes anti join theme_members using (theme_id);
