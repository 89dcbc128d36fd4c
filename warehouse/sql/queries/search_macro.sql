-- Search from SQL, in the connections that `Warehouse` opens: `from search('how do I win money', 10)`.
create or replace temp macro search(
    question, k,
    language := null, host := null, author := null, since := null, until := null, theme := null, target := null,
    advice_only := false, least_trust := null
) as table
select unnest(
    search_hits(question, k, language, host, author, since, until, theme, target, advice_only, least_trust), recursive := true
);
