-- The themes with at least `$min_hosts` independent sources, the best supported first.
select
    themes.theme_id,
    themes.label,
    themes.keywords,
    count(document_advice.advice_id) as advice_count,
    count(distinct document_advice.document_id) as document_count,
    list_sort(list(distinct document_advice.source) filter (where document_advice.source is not null)) as sources,
    list_sort(list(distinct document_advice.language) filter (where document_advice.language is not null))
        as languages,
    arg_max(document_advice.sentence, (document_advice.similarity, document_advice.advice_id)) as example,
    arg_max(
        struct_pack(english := document_advice.sentence_en),
        (document_advice.similarity, document_advice.advice_id)
    ).english as example_en,
    count(distinct coalesce(lower(document_advice.author), document_advice.source)) as author_count,
    (select count(*) from theme_dissent where theme_dissent.theme_id = themes.theme_id) as dissent_count,
    (
        select list(sub_themes.label order by sub_themes.label)
        from sub_themes where sub_themes.theme_id = themes.theme_id
    ) as parts
from themes
left join document_advice on document_advice.theme_id = themes.theme_id and not document_advice.is_copy
group by themes.theme_id, themes.label, themes.keywords
having count(distinct document_advice.source) >= $min_hosts
order by count(distinct document_advice.source) desc, count(*) desc, themes.theme_id;
