-- Which k passages hold these words, or forms of them, the most telling first (BM25)? In every language that has them.
create or replace macro passages_with(question, k) as table
with asked as (
    select distinct word_forms.lexeme_no
    from word_forms
    where word_forms.word in (select strip_accents(unnest(words_of(question))))
),

best as (
    select passage_vectors.passage_id, sum(postings.weight)::double as word_score
    from postings
    inner join asked using (lexeme_no)
    inner join passage_vectors using (passage_no)
    where not passage_vectors.is_copy
    group by passage_vectors.passage_id
    order by word_score desc, passage_vectors.passage_id
    limit k
)

select
    passages.passage_id,
    passages.document_id,
    documents.uri,
    documents.url,
    coalesce(documents.host, documents.uri) as source,
    documents.title,
    passages.language,
    passages.text,
    passages.text_en,
    best.word_score
from best
inner join passages using (passage_id)
inner join documents using (document_id)
order by best.word_score desc, passages.passage_id;
