-- Which themes is a text about? In the connections that `Warehouse` opens: `from theme_of('how to talk to the board')`.
-- The score is the mean cosine to the passages in which the theme's advice stands.
create or replace temp macro theme_of(words) as table
with asked as materialized (
    select embed_passage(words) as vector where words is not null
),

places as (
    select distinct theme_members.theme_id, advice.passage_id
    from theme_members
    inner join advice on advice.advice_id = theme_members.advice_id
)

select themes.theme_id, themes.label as theme, avg(list_inner_product(passage_vectors.vector, asked.vector)) as score
from places
inner join passage_vectors on passage_vectors.passage_id = places.passage_id
inner join themes on themes.theme_id = places.theme_id
cross join asked
group by themes.theme_id, themes.label
order by score desc, themes.theme_id;
