-- Every sentence that is not English has its row, in English or with a reason; text_en is NULL exactly where a
-- text is untranslated: otherwise something was passed over in silence.
select 'sentence that translation passed over: ' || sentence_id as problem
from sentences anti join translations using (text_hash, language)
where sentences.language <> 'en'
union all
select 'translation whose status and text disagree: ' || text_hash
from translations
where (status = 'untranslated') <> (text_en is null)
union all
select 'untranslated without a reason: ' || text_hash
from translations
where status = 'untranslated' and reason = ''
union all
select 'translation whose trust is no share: ' || text_hash
from translations
where trust not between 0 and 1 or (status = 'untranslated' and trust > 0)
union all
select 'passage whose status and English disagree: ' || passage_id
from passages
where
    (translation_status = 'untranslated') <> (text_en is null)
    or (translation_status in ('partly', 'untranslated')) <> (untranslated_reason is not null)
    or (translation_status = 'original' and text_en <> text);
