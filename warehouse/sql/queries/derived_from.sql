-- Who asks: a run that wants to know whether vectors, copies and themes are still those of the present rows.
with rows as (
    select 'passage ' || passage_id || ' ' || text_hash || ' ' || language as row from passages
    union all
    select 'document ' || document_id || ' ' || uri || ' ' || coalesce(host, '') || ' ' || coalesce(published_on::varchar, '')
    from documents
    union all
    select 'advice ' || advice_id || ' ' || coalesce(sentence_en, '') from advice
)

select coalesce(md5(string_agg(row, chr(10) order by row)), '') as digest from rows;
