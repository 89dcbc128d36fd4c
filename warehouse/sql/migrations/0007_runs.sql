-- What a run took: seconds by stage, engines, models, warnings, memory. Older runs leave it open.
create table run_stages (
    run_id varchar not null,
    stage_no integer not null,
    stage varchar not null,
    unit varchar not null,
    items bigint not null,
    batches bigint not null,
    seconds double not null,
    primary key (run_id, stage)
);
comment on table run_stages is 'What each stage of a run did and took; a run that was killed has none';
comment on column run_stages.stage_no is 'Their order, from 1';
comment on column run_stages.stage is 'forget (of rebuild), pages, gone, repetition, translate, advice, english, embed, duplicates, themes or search';
comment on column run_stages.unit is 'What its items are: pages, sentences, texts or steps';
comment on column run_stages.seconds is 'By the clock, with finding out what is to do';

alter table runs add column engines json;
alter table runs add column model varchar;
alter table runs add column warnings varchar[];
alter table runs add column peak_memory_bytes bigint;
alter table runs add column worker_memory_bytes bigint;
comment on column runs.engines is 'What translates which language, a JSON object; NULL where the run did not come so far';
comment on column runs.model is 'The embedding model with its backend and fingerprint';
comment on column runs.warnings is 'What a person should know though the run went on';
comment on column runs.peak_memory_bytes is 'The most memory that its process held, resident';
comment on column runs.worker_memory_bytes is 'The most that one of its ended worker processes held';
