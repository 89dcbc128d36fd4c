-- Who asks: a run that wants to know whether copies, themes and what search reads are still those of the present rows.
-- What is read or judged anew loses them even where it comes out the same: so the run and the judge count too.
with rows as (
    select
        'passage ' || passage_id || ' ' || text_hash || ' ' || language || ' ' || coalesce(md5(text_en), '') || ' '
        || coalesce(trust::varchar, '') as row
    from passages
    union all
    select
        'document ' || document_id || ' ' || uri || ' ' || coalesce(host, '') || ' '
        || coalesce(published_on::varchar, '') || ' ' || run_id
    from documents
    union all
    select 'advice ' || advice_id || ' ' || fingerprint || ' ' || coalesce(sentence_en, '') from advice
    union all
    select 'failure ' || text_hash from failures
)

select coalesce(md5(string_agg(row, chr(10) order by row)), '') as digest from rows;
