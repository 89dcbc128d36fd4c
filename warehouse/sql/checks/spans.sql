-- A sentence lies inside its passage, a passage inside its page, and neither crosses a dropped block that has
-- words: otherwise what is quoted is not what the article says.
select sentences.sentence_id || ' is not inside its passage' as problem
from sentences
left join passages on passages.passage_id = sentences.passage_id
where
    passages.passage_id is null
    or passages.document_id <> sentences.document_id
    or sentences.span_start < passages.span_start
    or sentences.span_end > passages.span_end
    or sentences.span_end <= sentences.span_start
union all
select sentences.sentence_id || ' does not begin in a kept block of its page'
from sentences
inner join documents on documents.document_id = sentences.document_id
left join blocks on blocks.page_id = documents.page_id and blocks.block_no = sentences.block_no
where blocks.page_id is null or not blocks.kept or sentences.span_start < blocks.span_start
union all
select passages.passage_id || ' is not inside the text of its page'
from passages
inner join documents on documents.document_id = passages.document_id
left join pages on pages.page_id = documents.page_id
where passages.span_start < 0 or passages.span_end > coalesce(length(pages.text), -1)
union all
select passages.passage_id || ' crosses dropped block ' || blocks.block_no || ' (' || blocks.kind || ')'
from passages
inner join documents on documents.document_id = passages.document_id
inner join blocks on blocks.page_id = documents.page_id
where
    not blocks.kept
    and blocks.text <> ''
    and blocks.span_start < passages.span_end
    and blocks.span_end > passages.span_start;
