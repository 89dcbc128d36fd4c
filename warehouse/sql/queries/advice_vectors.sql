-- The raw vectors of advice by the current model.
select advice.advice_id, advice.language, embeddings.vector
from advice
inner join sentences using (sentence_id)
inner join embeddings on embeddings.text_hash = sentences.text_hash
inner join models on models.model = embeddings.model and models.is_current
where advice.advice_id in (select unnest($ids::varchar[]))
order by advice.advice_id;
