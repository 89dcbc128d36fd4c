-- Who asks: `verify`, and whoever compares two warehouses. What a warehouse says, table by table, without when and by
-- which run it came to say it: one row of text for every row. `follows_history`: what yesterday's themes have a say in.
-- The tables schema_migrations, runs, run_stages, ledger, run_pages and theme_events tell of runs only, and are not here;
-- nor are translations and vectors of texts that no page has any more.
with translated as (
    select text_hash, language from sentences
),

embedded as (
    select text_hash from passages
    union
    select sentences.text_hash from advice inner join sentences using (sentence_id)
),

contents as (
    select 'pages' as table_name, false as follows_history, to_json(r)::varchar as row
    from (select * exclude (run_id, loaded_at, gone_at), gone_at is not null as is_gone from pages) as r
    union all
    select 'blocks', false, to_json(r)::varchar from blocks as r
    union all
    select 'documents', false, to_json(r)::varchar from (select * exclude (run_id) from documents) as r
    union all
    select 'passages', false, to_json(r)::varchar from passages as r
    union all
    select 'sentences', false, to_json(r)::varchar from sentences as r
    union all
    select 'translations', false, to_json(r)::varchar
    from (select * exclude (run_id) from translations semi join translated using (text_hash, language)) as r
    union all
    select 'embeddings', false, text_hash || ' ' || model || ' ' || vector::varchar
    from embeddings semi join embedded using (text_hash)
    union all
    select 'failures', false, to_json(r)::varchar from (select * exclude (run_id, failed_at) from failures) as r
    union all
    select 'models', false, to_json(r)::varchar from models as r
    union all
    select 'language_means', false, to_json(r)::varchar from language_means as r
    union all
    select 'advice', false, to_json(r)::varchar from advice as r
    union all
    select 'host_lines', false, to_json(r)::varchar from host_lines as r
    union all
    select 'quarantine', false, to_json(r)::varchar from (select * exclude (run_id, quarantined_at) from quarantine) as r
    union all
    -- numbered by their order, so that what else is in a row is what search makes of the passages
    select 'passage_vectors', false, to_json(r)::varchar || vector::varchar
    from (select * exclude (vector, theme_ids), vector from passage_vectors) as r
    union all
    select 'lexemes', false, to_json(r)::varchar from lexemes as r
    union all
    select 'word_forms', false, to_json(r)::varchar from word_forms as r
    union all
    select 'postings', false, to_json(r)::varchar from postings as r
    union all
    select 'themes', true, to_json(r)::varchar from (select * exclude (run_id, first_run_id) from themes) as r
    union all
    select 'theme_members', true, to_json(r)::varchar from theme_members as r
    union all
    select 'sub_themes', true, to_json(r)::varchar from (select * exclude (run_id) from sub_themes) as r
    union all
    select 'theme_dissent', true, to_json(r)::varchar from theme_dissent as r
)

-- sums of hashes, because they do not depend on the order of the rows and need no room
select
    table_name,
    follows_history,
    count(*) as row_count,
    md5(
        sum(md5_number_upper(row)::hugeint)::varchar || ' ' || sum(md5_number_lower(row)::hugeint)::varchar
    ) as hash
from contents
group by all
order by table_name;
