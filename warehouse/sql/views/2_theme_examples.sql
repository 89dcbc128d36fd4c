-- What does a theme say? Of each source its most central advice: place 1 is the theme's most central piece, the others
-- follow by how independent they are (another author, then another language than the first), then by how central.
create or replace view theme_examples as
with best as (
    select *
    from document_advice
    where theme_id is not null and not is_copy
    qualify row_number() over (partition by theme_id, source order by similarity desc, advice_id) = 1
),

first_ones as (
    select theme_id, author, language, advice_id
    from best
    qualify row_number() over (partition by theme_id order by similarity desc, advice_id) = 1
)

select
    best.theme_id,
    best.theme,
    row_number() over (
        partition by best.theme_id
        order by
            best.advice_id = first_ones.advice_id desc,
            best.author is distinct from first_ones.author desc,
            best.language <> first_ones.language desc,
            best.similarity desc,
            best.advice_id
    ) as place,
    best.source,
    best.author,
    best.language,
    best.polarity,
    best.sentence,
    best.sentence_en,
    best.advice_id
from best
inner join first_ones on first_ones.theme_id = best.theme_id
order by best.theme_id, place;
