-- Every kept block with a letter is in the sentences of its document: the article is there in full.
with kept_blocks as (
    select blocks.*, pages.uri, documents.document_id
    from blocks
    inner join pages on pages.page_id = blocks.page_id
    inner join documents on documents.page_id = blocks.page_id
    where pages.is_current and blocks.kept and regexp_matches(blocks.text, '\p{L}')
)

select kept_blocks.uri || ': kept block ' || kept_blocks.block_no || ' has no sentence' as problem
from kept_blocks
anti join sentences
    on sentences.document_id = kept_blocks.document_id
    and sentences.span_start < kept_blocks.span_end
    and sentences.span_end > kept_blocks.span_start;
