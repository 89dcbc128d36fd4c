-- The blocks of a page cover each of its characters once, in order: otherwise some line has no verdict, or two.
with held as (
    select page_id, uri, length(text) as characters from pages where text is not null
),

neighbours as (
    select
        page_id,
        block_no,
        span_start,
        span_end,
        lag(span_end, 1, 0) over (partition by page_id order by block_no) as previous_end,
        lead(block_no) over (partition by page_id order by block_no) is null as is_last
    from blocks
)

select held.uri || ': block ' || neighbours.block_no || ' leaves a gap, overlaps or ends early' as problem
from neighbours
inner join held on held.page_id = neighbours.page_id
where
    neighbours.span_start <> neighbours.previous_end
    or neighbours.span_end < neighbours.span_start
    or (neighbours.is_last and neighbours.span_end <> held.characters)
union all
select held.uri || ': no blocks'
from held
anti join blocks on blocks.page_id = held.page_id
where held.characters > 0;
