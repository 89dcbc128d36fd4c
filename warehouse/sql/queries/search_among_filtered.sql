-- The beginning of a search among what the filters let through.
with eligible as not materialized (
    select
        rowid as place, passage_no, document_id, copy_group, is_copy,
        sign_0, sign_1, sign_2, sign_3, sign_4, sign_5
    from passage_vectors
    where
        ($language is null or language = $language or starts_with(language, $language || '-'))
        and ($source is null or source = $source)
        and ($author is null or contains(lower(strip_accents(author)), lower(strip_accents($author))))
        and ($since is null or published_on >= $since)
        and ($until is null or published_on <= $until)
        and ($least_trust is null or trust >= $least_trust)
        and (not $advice_only or is_advice)
        and ($theme_ids is null or list_has_any(theme_ids, $theme_ids))
        and ($target is null or list_contains(targets, $target))
        and passage_no is distinct from $without
),

-- of a document and its copies one is shown: the original where the filters let it through
shown as (
    select copy_group, min_by(document_id, (is_copy, document_id)) as document_id
    from eligible
    where copy_group is not null
    group by copy_group
),

chosen as not materialized (
    from eligible
    where copy_group is null or document_id in (select document_id from shown)
),

