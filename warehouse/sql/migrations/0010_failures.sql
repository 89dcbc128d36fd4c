-- Texts that a model fails on whatever is tried: kept, found by their words, tried again by the next run.
create table failures (
    text_hash varchar primary key,
    model varchar not null,
    reason varchar not null,
    run_id varchar not null,
    failed_at timestamp not null
);
comment on table failures is 'Texts without a vector because the embedding model fails on them; every run tries again';
comment on column failures.text_hash is 'Key of the vector that it would have in embeddings';
comment on column failures.model is 'Fingerprint of the model that failed';
comment on column failures.reason is 'What the model said, for a person';
