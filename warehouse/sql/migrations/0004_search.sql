-- What search reads: vectors with their signs and all that a search is filtered by, and an index of words.

drop table passage_vectors;
create table passage_vectors (
    passage_no integer not null,
    passage_id varchar not null,
    document_id varchar not null,
    language varchar not null,
    source varchar not null,
    author varchar,
    published_on date,
    trust double,
    is_advice boolean not null,
    theme_ids varchar[] not null,
    targets varchar[] not null,
    copy_group varchar,
    is_copy boolean not null,
    vector float[384] not null,
    sign_0 ubigint not null,
    sign_1 ubigint not null,
    sign_2 ubigint not null,
    sign_3 ubigint not null,
    sign_4 ubigint not null,
    sign_5 ubigint not null
);

create table lexemes (
    lexeme_no integer not null,
    language varchar not null,
    lexeme varchar not null,
    passage_count bigint not null,
    most double not null
);

create table word_forms (
    word varchar not null,
    lexeme_no integer not null
);

create table postings (
    lexeme_no integer not null,
    passage_no integer not null,
    weight float not null
);

-- The stage that made the vectors for search now makes the whole index: what it has done before does not count.
delete from ledger where stage = 'vectors';
comment on column ledger.stage is 'pages, host_lines, repetition, translations, english, embeddings, advice, duplicates, themes or search';
