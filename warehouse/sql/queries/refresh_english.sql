-- Write the English of every passage whose translations changed. Paragraphs are joined by a line break; what
-- is untranslated stays in the original, and a passage of which nothing is in English has no text_en. A passage is
-- trusted as its worst sentence is.
with sentences_in_english as (
    select
        sentences.passage_id,
        sentences.sentence_no,
        sentences.block_no,
        sentences.text,
        sentences.language = 'en' as is_english,
        if(sentences.language = 'en', sentences.text, translations.text_en) as text_en,
        if(sentences.language = 'en', 1, translations.trust) as trust,
        coalesce(translations.reason, 'not translated yet') as reason
    from sentences
    left join translations
        on translations.text_hash = sentences.text_hash and translations.language = sentences.language
),

joined as (
    select
        *,
        case
            when lag(block_no) over passage is null then ''
            when lag(block_no) over passage <> block_no then chr(10)
            else ' '
        end as separator
    from sentences_in_english
    window passage as (partition by passage_id order by sentence_no)
),

passages_in_english as (
    select
        passage_id,
        string_agg(separator || coalesce(text_en, text), '' order by sentence_no) as joined_en,
        bool_and(is_english) as is_original,
        count(text_en) as in_english,
        count(*) as in_all,
        min(trust) as trust,
        min(reason) filter (where text_en is null) as reason
    from joined
    group by passage_id
),

verdicts as (
    select
        passages.passage_id,
        case
            when is_original then 'original'
            when in_english = in_all then 'translated'
            when in_english = 0 then 'untranslated'
            else 'partly'
        end as status,
        case
            when is_original then passages.text
            when in_english > 0 then joined_en
        end as text_en,
        passages_in_english.trust,
        reason
    from passages
    inner join passages_in_english on passages_in_english.passage_id = passages.passage_id
)

update passages
set
    text_en = verdicts.text_en,
    translation_status = verdicts.status,
    untranslated_reason = verdicts.reason,
    trust = verdicts.trust
from verdicts
where
    verdicts.passage_id = passages.passage_id
    and (passages.text_en, passages.translation_status, passages.untranslated_reason, passages.trust)
    is distinct from (verdicts.text_en, verdicts.status, verdicts.reason, verdicts.trust);
