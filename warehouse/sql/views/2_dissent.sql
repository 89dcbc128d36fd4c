-- Who says otherwise? Pairs of advice of one theme that contradict each other, both quoted, the surest first.
-- Precise rather than many: a pair is a "do" and a "don't" about the same thing, from two different sources.
create or replace view dissent as
select
    theme_dissent.score,
    ones.theme_id,
    ones.theme,
    ones.source as do_source,
    ones.author as do_author,
    ones.language as do_language,
    ones.sentence as do_sentence,
    ones.sentence_en as do_sentence_en,
    others.source as dont_source,
    others.author as dont_author,
    others.language as dont_language,
    others.sentence as dont_sentence,
    others.sentence_en as dont_sentence_en,
    ones.advice_id as do_advice_id,
    others.advice_id as dont_advice_id
from theme_dissent
inner join document_advice as ones on ones.advice_id = theme_dissent.do_advice_id
inner join document_advice as others on others.advice_id = theme_dissent.dont_advice_id
order by theme_dissent.score desc, ones.advice_id, others.advice_id;
