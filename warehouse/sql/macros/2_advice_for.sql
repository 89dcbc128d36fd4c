-- What is somebody told to do: cio, it-staff, vendor, business or anybody? The surest first; copies are left out.
create or replace macro advice_for(whom) as table
select *
from document_advice
where target = whom and not is_copy
order by score desc, advice_id;
