-- Which sentences have no English from the engine that would serve them now? `$languages[i]` is served by
-- `$engines[i]`; a language without an engine only gets the row that says so. What an engine made that stands before
-- the present one in `$preferred` (names, the best first) stays: it only is away.
with engines as (
    select unnest($languages::varchar[]) as language, unnest($engines::varchar[]) as engine
),

ranks as (
    select unnest($preferred::varchar[]) as name, unnest(range(len($preferred::varchar[]))) as place
),

missing as (
    select distinct sentences.text_hash, sentences.language, sentences.text
    from sentences
    left join translations
        on translations.text_hash = sentences.text_hash and translations.language = sentences.language
    left join engines on engines.language = sentences.language
    left join ranks as present on present.name = split_part(engines.engine, ' ', 1)
    left join ranks as made_by on made_by.name = split_part(translations.engine, ' ', 1)
    where
        sentences.language <> 'en'
        and (
            translations.text_hash is null
            or (
                engines.engine <> translations.engine
                and (translations.status = 'untranslated' or coalesce(made_by.place >= present.place, true))
            )
        )
)

select text, language
from missing
order by language, text_hash, text;
