-- What does each document advise, where exactly does it say so, and to which theme does that belong?
-- `is_copy` marks advice of near duplicates, which other views do not count.
create or replace view document_advice as
select
    advice.advice_id,
    documents.document_id,
    advice.passage_id,
    documents.uri,
    documents.url,
    coalesce(documents.host, documents.uri) as source,
    documents.title,
    documents.author,
    documents.published_on,
    advice.language,
    advice.sentence,
    advice.sentence_en,
    advice.polarity,
    advice.target,
    advice.condition,
    advice.score,
    advice.cue,
    sentences.first_line,
    sentences.last_line,
    themes.theme_id,
    themes.label as theme,
    theme_members.similarity,
    sub_themes.sub_theme_id,
    sub_themes.label as sub_theme,
    documents.canonical_document_id <> documents.document_id as is_copy
from advice
inner join documents on documents.document_id = advice.document_id
inner join sentences on sentences.sentence_id = advice.sentence_id
left join theme_members on theme_members.advice_id = advice.advice_id
left join themes on themes.theme_id = theme_members.theme_id
left join sub_themes on sub_themes.sub_theme_id = theme_members.sub_theme_id;
