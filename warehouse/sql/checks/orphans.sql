-- No row points at a row that is gone: a page changed and something of its old version stayed behind.
select 'blocks of no page: ' || page_id as problem
from blocks anti join pages using (page_id)
union all
select 'document of no current page: ' || document_id
from documents anti join (select page_id from pages where is_current) as current_pages using (page_id)
union all
select 'page without its document: ' || uri
from (select page_id, uri from pages where is_current and text is not null) as held anti join documents using (page_id)
union all
select 'canonical document that is gone: ' || canonical_document_id
from documents as copied
anti join documents as original on original.document_id = copied.canonical_document_id
union all
select 'passage of no document: ' || passage_id
from passages anti join documents using (document_id)
union all
select 'sentence of no document: ' || sentence_id
from sentences anti join documents using (document_id)
union all
select 'vector of no passage: ' || passage_id
from passage_vectors anti join passages using (passage_id)
union all
select 'advice of no sentence: ' || advice_id
from advice anti join sentences using (sentence_id)
union all
select 'advice of no passage or document: ' || advice_id
from advice anti join passages using (passage_id, document_id);
