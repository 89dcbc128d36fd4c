-- Who asks: the run, to stem them. Every word of the passages, once for each language it stands in.
create or replace temp table forms as
select distinct language, word
from (
    select split_part(passage_vectors.language, '-', 1) as language, unnest(words_of(passages.text)) as word
    from passage_vectors
    inner join passages using (passage_id)
);
