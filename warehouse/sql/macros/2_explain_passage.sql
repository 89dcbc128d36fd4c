-- Which raw lines does this passage come from, and what was dropped between them?
-- The same rows as page_lines has, but cut from the one page alone, so that it is quick in a large warehouse.
create or replace macro explain_passage(passage) as table
with place as (
    select pages.uri, pages.page_id, pages.text as page_text, passages.first_line, passages.last_line
    from passages
    inner join documents on documents.document_id = passages.document_id
    inner join pages on pages.page_id = documents.page_id
    where passages.passage_id = passage
),

lines as (
    select
        *,
        unnest(string_split(page_text, chr(10))) as line,
        generate_subscripts(string_split(page_text, chr(10)), 1) as line_no
    from place
),

placed_lines as (
    select
        *,
        coalesce(
            sum(length(line) + 1) over (order by line_no rows between unbounded preceding and 1 preceding), 0
        )::bigint as line_start
    from lines
),

pieces as (
    select
        placed_lines.uri,
        placed_lines.line_no::integer as line_no,
        blocks.kind,
        blocks.kept,
        blocks.rule,
        placed_lines.line,
        greatest(blocks.span_start - placed_lines.line_start, 0) as piece_start,
        least(blocks.span_end - placed_lines.line_start, length(placed_lines.line)) as piece_end,
        blocks.block_no
    from placed_lines
    inner join blocks
        on blocks.page_id = placed_lines.page_id
        and placed_lines.line_no between blocks.first_line and blocks.last_line
    where placed_lines.line_no between placed_lines.first_line and placed_lines.last_line
)

select uri, line_no, kind, kept, rule, substring(line, piece_start + 1, piece_end - piece_start) as text, block_no
from pieces
where piece_end > piece_start or line = ''
order by line_no, block_no;
