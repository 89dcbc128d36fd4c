-- The k passages nearest to `$vector` among those that the filters let through. Of a document and its near
-- duplicates one is shown: the original where the filters let it through.
with chosen as (
    select passages.passage_id, passages.document_id, documents.canonical_document_id
    from passages
    inner join documents using (document_id)
    where
        ($language is null or passages.language = $language or starts_with(passages.language, $language || '-'))
        and ($host is null or coalesce(documents.host, documents.uri) = $host)
        and ($except is null or passages.passage_id <> $except)
        and (not $advice_only or passages.passage_id in (select passage_id from advice))
        and ($theme is null or passages.passage_id in (
            select advice.passage_id
            from advice
            inner join theme_members using (advice_id)
            inner join themes using (theme_id)
            where themes.theme_id = $theme or lower(themes.label) = lower($theme)
        ))
),

shown as (
    select
        canonical_document_id,
        min_by(document_id, (document_id <> canonical_document_id, document_id)) as document_id
    from chosen
    group by canonical_document_id
),

ranked as (
    select
        passage_vectors.passage_id,
        list_inner_product(passage_vectors.vector, $vector::float[])::double as score
    from passage_vectors
    inner join chosen using (passage_id)
    inner join shown using (document_id)
    order by score desc, passage_vectors.passage_id
    limit $k
),

passage_themes as (
    select advice.passage_id, arg_max(themes.label, (theme_members.similarity, themes.theme_id)) as theme
    from ranked
    inner join advice using (passage_id)
    inner join theme_members using (advice_id)
    inner join themes using (theme_id)
    group by advice.passage_id
)

select
    passages.passage_id,
    documents.document_id,
    documents.uri,
    documents.url,
    documents.host,
    documents.title,
    documents.author,
    documents.published_on,
    passages.language,
    passages.text,
    passages.text_en,
    passages.trust,
    ranked.score,
    passage_themes.theme,
    passages.first_line,
    passages.last_line
from ranked
inner join passages using (passage_id)
inner join documents using (document_id)
left join passage_themes using (passage_id)
order by ranked.score desc, passages.passage_id;
