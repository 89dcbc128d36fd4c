-- Pages from the web and from archives, passages of other kinds than the article, and lines that a host repeats.

alter table pages add column etag varchar;
alter table pages add column last_modified varchar;
alter table pages add column repeated varchar;
comment on column pages.etag is 'What the web server gave to ask it later whether the page has changed';
comment on column pages.last_modified is 'The same, as a time';
comment on column pages.repeated is 'Names the lines shared with other pages of its host under which it was read; NULL: none';

alter table passages add column kind varchar default 'article';
comment on column passages.kind is 'article, or what the setting keep_kinds keeps beside it: comment, author_box, …';

create table host_lines (
    host varchar not null,
    line varchar not null,
    page_count bigint not null,
    host_page_count bigint not null,
    is_repeated boolean not null,
    primary key (host, line)
);
comment on table host_lines is 'Lines that stand on several pages of a host: what many pages share is not the article of any';
comment on column host_lines.line is 'In lower case, numbers as #';
comment on column host_lines.page_count is 'Pages that hold it; pages of the same article count once';
comment on column host_lines.host_page_count is 'Pages of the host, counted in the same way';
comment on column host_lines.is_repeated is 'Whether that is enough to strip it';

comment on column ledger.stage is 'pages, host_lines, repetition, translations, english, embeddings, vectors, advice, duplicates or themes';
