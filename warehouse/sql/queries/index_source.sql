-- Who asks: the run, to write what search reads. Every embedded passage and what a search may be filtered by, by id.
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
    embeddings.vector
from passages
inner join documents using (document_id)
inner join embeddings on embeddings.text_hash = passages.text_hash and embeddings.model = $model
left join copied on copied.copy_group = documents.canonical_document_id
left join advised on advised.passage_id = passages.passage_id
order by passages.passage_id;
