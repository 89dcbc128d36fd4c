-- Who stands behind each theme: which source, in which language, with how much advice, for example what?
-- Copies are not counted.
create or replace view theme_sources as
select
    theme_id,
    theme,
    source,
    language,
    count(*) as advice_count,
    count(distinct document_id) as document_count,
    arg_max(sentence, similarity) as example,
    arg_max(struct_pack(english := sentence_en), similarity).english as example_en
from document_advice
where theme_id is not null and not is_copy
group by theme_id, theme, source, language;
