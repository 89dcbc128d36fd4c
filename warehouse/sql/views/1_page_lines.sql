-- Every line of every current page and its verdict: what was kept, what was dropped, and by which rule?
-- A line that several blocks share has one row for each piece of it; put together, the rows are the page.
-- A duplicate page shows the lines of the page with the same bytes. A final line break begins no line.
create or replace view page_lines as
with current_pages as (
    select
        shown.uri,
        shown.page_id,
        holder.page_id as holder_id,
        holder.text as page_text,
        string_split(holder.text, chr(10)) as all_lines
    from pages as shown
    inner join pages as holder on holder.page_id = coalesce(shown.duplicate_of, shown.page_id)
    where shown.is_current and holder.text <> ''
),

lines as (
    select
        uri,
        page_id,
        holder_id,
        unnest(if(ends_with(page_text, chr(10)), all_lines[:-2], all_lines)) as line,
        generate_subscripts(if(ends_with(page_text, chr(10)), all_lines[:-2], all_lines), 1) as line_no
    from current_pages
),

placed_lines as (
    select
        *,
        coalesce(
            sum(length(line) + 1) over (
                partition by uri, page_id, holder_id order by line_no
                rows between unbounded preceding and 1 preceding
            ), 0
        )::bigint as line_start
    from lines
),

block_lines as (
    select *, unnest(generate_series(first_line, last_line)) as line_no
    from blocks
),

pieces as (
    select
        placed_lines.uri,
        placed_lines.line_no::integer as line_no,
        block_lines.kind,
        block_lines.kept,
        block_lines.rule,
        placed_lines.line,
        greatest(block_lines.span_start - placed_lines.line_start, 0) as piece_start,
        least(block_lines.span_end - placed_lines.line_start, length(placed_lines.line)) as piece_end,
        placed_lines.page_id,
        block_lines.block_no
    from placed_lines
    inner join block_lines
        on block_lines.page_id = placed_lines.holder_id and block_lines.line_no = placed_lines.line_no
)

select
    uri,
    line_no,
    kind,
    kept,
    rule,
    if(piece_start = 0 and piece_end = length(line), line, substring(line, piece_start + 1, piece_end - piece_start))
        as text,
    page_id,
    block_no
from pieces
where piece_end > piece_start or line = '';
