-- Who asks: the run, to write what search reads. Every passage and what a search may be filtered by, by id.
with copied as (
    select canonical_document_id as copy_group from documents group by canonical_document_id having count(*) > 1
),

advised as (
    select
        advice.passage_id,
        coalesce(list(distinct theme_members.theme_id) filter (theme_members.theme_id is not null), []) as theme_ids,
        coalesce(list(distinct advice.target) filter (advice.target is not null), []) as targets
    from advice
    left join theme_members using (advice_id)
    group by advice.passage_id
),

nothing as (
    select list_transform(any_value(vector), lambda number: 0::float) as vector
    from embeddings
    where model = $model
)

select
    passages.passage_id,
    passages.document_id,
    passages.language,
    coalesce(documents.host, documents.uri) as source,
    documents.author,
    documents.published_on,
    passages.trust,
    advised.passage_id is not null as is_advice,
    list_sort(coalesce(advised.theme_ids, [])) as theme_ids,
    list_sort(coalesce(advised.targets, [])) as targets,
    copied.copy_group,
    documents.document_id <> documents.canonical_document_id as is_copy,
    -- zeros for a text that the model fails on: it is found by its words
    coalesce(embeddings.vector, nothing.vector) as vector
from passages
inner join documents using (document_id)
left join embeddings on embeddings.text_hash = passages.text_hash and embeddings.model = $model
left join failures on failures.text_hash = passages.text_hash and failures.model = $model
cross join nothing
left join copied on copied.copy_group = documents.canonical_document_id
left join advised on advised.passage_id = passages.passage_id
where embeddings.vector is not null or failures.text_hash is not null
order by passages.passage_id;
