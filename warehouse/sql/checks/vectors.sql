-- Every passage has a vector of the one current model, of its dimension, or a row that says why not: else search
-- silently misses passages.
with current_model as (
    select model, dimension from models where is_current
)

select 'there are ' || count(*) || ' current models' as problem
from current_model
having count(*) > 1 or (count(*) = 0 and (select count(*) from passages) > 0)
union all
select 'passage without a raw vector of the current model: ' || passages.passage_id
from passages
anti join (
    select embeddings.text_hash from embeddings inner join current_model on current_model.model = embeddings.model
) as embedded on embedded.text_hash = passages.text_hash
anti join failures on failures.text_hash = passages.text_hash
union all
select 'passage that search cannot see: ' || passage_id
from passages anti join passage_vectors using (passage_id)
union all
select 'vector of a wrong dimension: ' || passage_vectors.passage_id
from passage_vectors
inner join current_model on len(passage_vectors.vector) <> current_model.dimension
union all
select 'raw vector of a wrong dimension: ' || embeddings.text_hash
from embeddings
inner join models on models.model = embeddings.model and len(embeddings.vector) <> models.dimension;
