-- Advice that the filters let through, the surest first.
select
    document_advice.advice_id,
    document_advice.passage_id,
    document_advice.document_id,
    document_advice.sentence,
    document_advice.sentence_en,
    document_advice.language,
    document_advice.polarity,
    document_advice.target,
    document_advice.condition,
    document_advice.score,
    document_advice.cue,
    document_advice.theme,
    document_advice.uri,
    document_advice.url,
    document_advice.source,
    document_advice.title,
    document_advice.first_line,
    document_advice.last_line
from document_advice
where
    ($theme is null or document_advice.theme_id = $theme or lower(document_advice.theme) = lower($theme))
    and (
        $language is null
        or document_advice.language = $language
        or starts_with(document_advice.language, $language || '-')
    )
    and ($host is null or document_advice.source = $host)
    and ($target is null or document_advice.target = $target)
    and (not document_advice.is_copy or $host is not null)
order by document_advice.score desc, document_advice.advice_id
limit $most;
