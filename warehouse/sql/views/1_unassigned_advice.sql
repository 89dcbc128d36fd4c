-- Which advice fits no theme? It is left alone, not forced into one; copies are left out.
create or replace view unassigned_advice as
select advice.advice_id, advice.document_id, advice.language, advice.sentence, advice.sentence_en, advice.score
from advice
inner join documents on documents.document_id = advice.document_id
anti join theme_members on theme_members.advice_id = advice.advice_id
where documents.canonical_document_id = documents.document_id
order by advice.score desc, advice.advice_id;
