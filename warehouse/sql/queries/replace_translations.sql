-- What of a batch is stored? Everything, but for an engine that failed where another run had English already: that
-- stays until something translates the sentence again.
insert or replace into translations by name
select incoming.*
from incoming
left join translations using (text_hash, language)
where incoming.status = 'translated' or translations.status is distinct from 'translated'
