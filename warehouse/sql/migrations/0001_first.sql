-- The first schema. No foreign keys: rows come in batches and are replaced in batches; sql/checks finds orphans.
-- All times are UTC. Spans are code points of `pages.text`, end exclusive. Lines count from 1.

create table runs (
    run_id varchar primary key,
    started_at timestamp not null,
    finished_at timestamp,
    status varchar not null check (status in ('running', 'finished', 'failed', 'abandoned')),
    sources json not null,
    settings json not null,
    code_version varchar not null,
    process varchar not null,
    pages_seen bigint not null default 0,
    loaded bigint not null default 0,
    unchanged bigint not null default 0,
    duplicate bigint not null default 0,
    quarantined bigint not null default 0,
    message varchar not null default ''
);
comment on table runs is 'One row for each time the pipeline was started, with its count of pages';
comment on column runs.run_id is 'run_ and the UTC second it began, and chance';
comment on column runs.status is 'running, finished, failed, or abandoned (its process died)';
comment on column runs.sources is 'What the run was asked to read, a JSON list';
comment on column runs.settings is 'Every setting of the run, a JSON object';
comment on column runs.code_version is 'Version of the program';
comment on column runs.process is 'Host, process id and start of the process, to know a dead run from a live one';
comment on column runs.pages_seen is 'loaded + unchanged + duplicate + quarantined';
comment on column runs.message is 'Why it failed, for a person';

create table ledger (
    run_id varchar not null,
    stage varchar not null,
    batch_key varchar not null,
    fingerprint varchar not null,
    rows_written bigint not null,
    seconds double not null,
    finished_at timestamp not null,
    primary key (run_id, stage, batch_key)
);
comment on table ledger is 'One row for each batch: the last statement of the transaction that loaded it';
comment on column ledger.stage is 'pages, translations, english, embeddings, vectors, advice, duplicates or themes';
comment on column ledger.fingerprint is 'Names the code and the model that made the rows';
comment on column ledger.rows_written is 'For the stage pages: the pages handled, whatever came of them';
comment on column ledger.seconds is 'Time that making and loading the batch took';

create table run_pages (
    run_id varchar not null,
    batch_key varchar not null,
    page_no integer not null,
    uri varchar not null,
    page_id varchar,
    outcome varchar not null check (outcome in ('loaded', 'unchanged', 'duplicate', 'quarantined')),
    primary key (run_id, batch_key, page_no)
);
comment on table run_pages is 'What became of every page that a run saw';
comment on column run_pages.page_no is 'Place of the page in its batch, from 0';
comment on column run_pages.page_id is 'The version of the page; NULL where it could not be read';

create table pages (
    page_id varchar primary key,
    uri varchar not null,
    sha256 varchar not null,
    byte_count bigint not null,
    media_type varchar not null,
    charset varchar not null,
    charset_source varchar not null,
    repairs varchar[] not null,
    text varchar,
    url varchar,
    url_source varchar,
    host varchar,
    host_source varchar,
    fetched_at timestamp,
    fetched_source varchar,
    duplicate_of varchar,
    is_current boolean not null,
    parse_fingerprint varchar not null,
    run_id varchar not null,
    loaded_at timestamp not null
);
comment on table pages is 'Every readable version of every page, as characters';
comment on column pages.page_id is 'Hash of the place and of the bytes';
comment on column pages.uri is 'Where the source found it';
comment on column pages.sha256 is 'Hash of the raw bytes';
comment on column pages.media_type is 'html or text, as the bytes say';
comment on column pages.charset_source is 'Where the charset was read, or that it was guessed';
comment on column pages.repairs is 'What decoding mended';
comment on column pages.text is 'The decoded page; NULL for a duplicate, whose text is that of duplicate_of';
comment on column pages.url is 'Address of the page on the web; url_source says who told it';
comment on column pages.duplicate_of is 'The page with the same bytes that holds text, blocks and document';
comment on column pages.is_current is 'The newest readable version of its uri';
comment on column pages.parse_fingerprint is 'Names the code that read it';

create table blocks (
    page_id varchar not null,
    block_no integer not null,
    kind varchar not null,
    shape varchar not null,
    kept boolean not null,
    rule varchar not null,
    span_start bigint not null,
    span_end bigint not null,
    first_line integer not null,
    last_line integer not null,
    text varchar not null,
    primary key (page_id, block_no)
);
comment on table blocks is 'The pieces of a page, each with a verdict; together they are the whole page';
comment on column blocks.kind is 'article, or what else it is: navigation, cookie, share, comment, footer, …';
comment on column blocks.shape is 'heading, paragraph, list_item, quote, table, code or none';
comment on column blocks.kept is 'Whether it belongs to the article';
comment on column blocks.rule is 'family:name of the rule that decided';
comment on column blocks.text is 'What a reader sees of the span';

create table documents (
    document_id varchar primary key,
    page_id varchar not null,
    uri varchar not null,
    url varchar,
    host varchar,
    title varchar,
    title_source varchar,
    author varchar,
    author_source varchar,
    published_on date,
    published_source varchar,
    site varchar,
    language varchar not null,
    language_confidence double not null,
    declared_language varchar,
    word_count bigint not null,
    canonical_document_id varchar not null,
    similarity double,
    run_id varchar not null
);
comment on table documents is 'The article of each current page, and what the page says of itself';
comment on column documents.title_source is 'Where on the page the title was read';
comment on column documents.author_source is 'Where on the page the author was read';
comment on column documents.published_source is 'Where on the page the date was read';
comment on column documents.language is 'As detected, a BCP 47 primary code; und where nothing can be said';
comment on column documents.declared_language is 'As the page declares it';
comment on column documents.word_count is 'Words of the article; Han and kana characters count one each';
comment on column documents.canonical_document_id is 'Itself, unless it is a near duplicate of this other document';
comment on column documents.similarity is 'To the canonical document, 0 to 1; NULL where it is canonical';

create table passages (
    passage_id varchar primary key,
    document_id varchar not null,
    passage_no integer not null,
    span_start bigint not null,
    span_end bigint not null,
    first_line integer not null,
    last_line integer not null,
    text varchar not null,
    text_en varchar,
    language varchar not null,
    translation_status varchar not null
        check (translation_status in ('original', 'translated', 'partly', 'untranslated')),
    untranslated_reason varchar,
    text_hash varchar not null
);
comment on table passages is 'Consecutive sentences, about a paragraph: the unit of search';
comment on column passages.text is 'The original';
comment on column passages.text_en is 'In English; NULL where it is untranslated; the original where that is English';
comment on column passages.translation_status is 'original, translated, partly or untranslated';
comment on column passages.untranslated_reason is 'Why it, or a part of it, is not in English';
comment on column passages.text_hash is 'Key of its vector in embeddings: hash of title and text';

create table sentences (
    sentence_id varchar primary key,
    document_id varchar not null,
    passage_id varchar not null,
    sentence_no integer not null,
    block_no integer not null,
    span_start bigint not null,
    span_end bigint not null,
    first_line integer not null,
    last_line integer not null,
    text varchar not null,
    language varchar not null,
    is_heading boolean not null,
    text_hash varchar not null,
    advice_fingerprint varchar
);
comment on table sentences is 'The sentences of the articles, each at its place on the page';
comment on column sentences.block_no is 'The block of the page that its paragraph begins in';
comment on column sentences.text_hash is 'Key of its translation, and of its vector where it is advice';
comment on column sentences.advice_fingerprint is 'What judged whether it is advice; NULL while nothing has';

create table translations (
    text_hash varchar not null,
    language varchar not null,
    text varchar not null,
    text_en varchar,
    status varchar not null check (status in ('translated', 'untranslated')),
    engine varchar not null,
    reason varchar not null,
    score double,
    flags varchar[] not null,
    run_id varchar not null,
    primary key (text_hash, language)
);
comment on table translations is 'Each sentence in another language once, in English or with the reason why not';
comment on column translations.engine is 'Name, version and model of what made it; empty where nothing serves the language';
comment on column translations.score is 'The engine''s own trust, 0 to 1, where it has one';
comment on column translations.flags is 'What looks wrong with it';

create table embeddings (
    text_hash varchar not null,
    model varchar not null,
    vector float[] not null,
    primary key (text_hash, model)
);
comment on table embeddings is 'Vectors of passages and advice sentences, as the model gave them';
comment on column embeddings.model is 'Fingerprint of the model';

create table models (
    model varchar primary key,
    name varchar not null,
    dimension integer not null,
    max_tokens integer not null,
    is_current boolean not null
);
comment on table models is 'The embedding models that made vectors here; one of them is current';
comment on column models.model is 'Fingerprint of the model';

create table language_means (
    model varchar not null,
    role varchar not null check (role in ('passage', 'query')),
    language varchar not null,
    weight double not null,
    mean float[] not null,
    primary key (model, role, language)
);
comment on table language_means is 'The mean vector of each language: subtracted, so that vectors group by meaning';
comment on column language_means.weight is 'How many texts it was learnt from';

create table passage_vectors (
    passage_id varchar primary key,
    vector float[] not null
);
comment on table passage_vectors is 'Language-centred unit vectors, derived from embeddings: what search reads';

create table advice (
    advice_id varchar primary key,
    sentence_id varchar not null,
    passage_id varchar not null,
    document_id varchar not null,
    sentence varchar not null,
    sentence_en varchar,
    language varchar not null,
    score double not null,
    cue varchar not null,
    polarity varchar not null check (polarity in ('do', 'dont')),
    span_start bigint not null,
    span_end bigint not null,
    fingerprint varchar not null
);
comment on table advice is 'Sentences that tell somebody to do something, or not to';
comment on column advice.sentence is 'The original';
comment on column advice.sentence_en is 'In English; NULL where it is untranslated';
comment on column advice.score is 'How surely it is advice, 0 to 1';
comment on column advice.cue is 'The words that gave it away';
comment on column advice.polarity is 'do or dont';
comment on column advice.fingerprint is 'Names the code that judged it';

create table themes (
    theme_id varchar primary key,
    label varchar not null,
    keywords varchar[] not null,
    run_id varchar not null,
    first_run_id varchar not null
);
comment on table themes is 'What the sources talk about: clusters of advice across languages and sources';
comment on column themes.run_id is 'The run that last wrote it';
comment on column themes.first_run_id is 'The run that first found it';

create table theme_members (
    theme_id varchar not null,
    advice_id varchar primary key,
    similarity double not null,
    rank integer not null
);
comment on table theme_members is 'Which advice belongs to which theme';
comment on column theme_members.similarity is 'To the centre of the theme';
comment on column theme_members.rank is '1 is the most central';

create table quarantine (
    uri varchar not null,
    sha256 varchar not null,
    code varchar not null,
    reason varchar not null,
    stage varchar not null,
    byte_count bigint not null,
    parse_fingerprint varchar not null,
    run_id varchar not null,
    quarantined_at timestamp not null,
    primary key (uri, sha256)
);
comment on table quarantine is 'Pages that could not be read, each with a reason';
comment on column quarantine.code is 'A stable word: empty, binary, too-large, no-content, unreadable, timeout, crash';
comment on column quarantine.reason is 'A sentence for a person';
comment on column quarantine.stage is 'The stage that gave up';

comment on table schema_migrations is 'Which versions of this schema were applied';
