-- How far did document `$document` come: how much of it is in English, can be searched, is advice, is in a theme?
select
    (select count(*) from passages where document_id = $document) as passages,
    (select count(*) from passages where document_id = $document and translation_status = 'original') as originals,
    (select count(*) from passages where document_id = $document and translation_status = 'partly') as partly,
    (select count(*) from passages where document_id = $document and translation_status = 'untranslated')
        as untranslated,
    (
        select mode(untranslated_reason) from passages
        where document_id = $document and untranslated_reason is not null
    ) as reason,
    (
        select count(*) from passages
        semi join passage_vectors on passage_vectors.passage_id = passages.passage_id
        where passages.document_id = $document
    ) as vectors,
    (select count(*) from sentences where document_id = $document) as sentences,
    (select count(*) from sentences where document_id = $document and advice_fingerprint is not null) as judged,
    (select count(*) from advice where document_id = $document) as advice,
    (
        select count(*) from advice
        semi join theme_members on theme_members.advice_id = advice.advice_id
        where advice.document_id = $document
    ) as members,
    (
        select coalesce(list(distinct themes.label order by themes.label), [])
        from advice
        inner join theme_members on theme_members.advice_id = advice.advice_id
        inner join themes on themes.theme_id = theme_members.theme_id
        where advice.document_id = $document
    ) as themes;
