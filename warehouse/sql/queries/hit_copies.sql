-- Which other documents say the same as these: the canonical one and its copies?
select canonical_document_id as copy_group, list({'document_id': document_id, 'uri': uri} order by uri) as copies
from documents
where canonical_document_id in (select unnest($groups::varchar[]))
group by canonical_document_id;
