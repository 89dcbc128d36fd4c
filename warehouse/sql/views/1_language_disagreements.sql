-- Which pages declare another language than the one they are written in?
create or replace view language_disagreements as
select
    uri,
    coalesce(host, uri) as source,
    declared_language,
    language,
    language_confidence,
    title,
    document_id
from documents
where split_part(replace(lower(declared_language), '_', '-'), '-', 1) <> split_part(lower(language), '-', 1);
