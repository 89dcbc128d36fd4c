-- Which sentences have no English from the engine that would serve them now? `$languages[i]` is served by
-- `$engines[i]`; a language without an engine only gets the row that says so.
with engines as (
    select unnest($languages::varchar[]) as language, unnest($engines::varchar[]) as engine
),

missing as (
    select distinct sentences.text_hash, sentences.language, sentences.text
    from sentences
    left join translations
        on translations.text_hash = sentences.text_hash and translations.language = sentences.language
    left join engines on engines.language = sentences.language
    where
        sentences.language <> 'en'
        and (
            translations.text_hash is null
            or (engines.engine is not null and engines.engine <> translations.engine)
        )
)

select text, language
from missing
order by language, text_hash, text;
