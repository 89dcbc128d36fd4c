-- What search reads is made of the rows as they are now: else a search finds what is gone, or filters by what was.
with unindexed as materialized (
    select passage_vectors.passage_id
    from passage_vectors
    anti join (select distinct passage_no from postings) as indexed using (passage_no)
)

select 'passage twice in what search reads: ' || passage_id as problem
from passage_vectors
group by passage_id
having count(*) > 1
union all
select 'search filters by what is no longer so: ' || passage_vectors.passage_id
from passage_vectors
inner join passages using (passage_id)
inner join documents on documents.document_id = passages.document_id
where
    passage_vectors.document_id <> documents.document_id
    or passage_vectors.language <> passages.language
    or passage_vectors.source <> coalesce(documents.host, documents.uri)
    or passage_vectors.author is distinct from documents.author
    or passage_vectors.published_on is distinct from documents.published_on
    or passage_vectors.trust is distinct from passages.trust
    or passage_vectors.is_copy <> (documents.document_id <> documents.canonical_document_id)
union all
select 'search knows advice that is not there, or not that which is: ' || passage_vectors.passage_id
from passage_vectors
left join (select distinct passage_id from advice) as advised using (passage_id)
where passage_vectors.is_advice <> (advised.passage_id is not null)
union all
select 'words of no passage: number ' || postings.passage_no
from (select distinct passage_no from postings) as postings
anti join passage_vectors using (passage_no)
union all
select 'words of no lexeme: number ' || postings.lexeme_no
from (select distinct lexeme_no from postings) as postings
anti join lexemes using (lexeme_no)
union all
select 'passage whose words are not in the index: ' || unindexed.passage_id
from unindexed
inner join passages using (passage_id)
where len(words_of(passages.text)) > 0;
