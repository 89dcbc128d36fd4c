-- Advice says whom it tells and under which condition; themes have parts, a history and pairs that contradict.
alter table advice add column target varchar;
alter table advice add column condition varchar;
comment on column advice.target is 'Whom it tells: cio, it-staff, vendor, business or anybody; NULL where nothing judged that';
comment on column advice.condition is 'The words of the sentence that say when it holds; NULL: always';

alter table themes add column named_from bigint;
alter table themes add column is_kept boolean;
update themes set named_from = 0, is_kept = false;
comment on column themes.named_from is 'How much advice it had when it got its label; 0 where a person named it';
comment on column themes.is_kept is 'Whether a person pinned it: no run splits, merges or ends it';

alter table theme_members add column sub_theme_id varchar;
comment on column theme_members.sub_theme_id is 'The part of the theme that it belongs to; NULL: none in particular';

create table sub_themes (
    sub_theme_id varchar primary key,
    theme_id varchar not null,
    label varchar not null,
    keywords varchar[] not null,
    run_id varchar not null
);
comment on table sub_themes is 'The parts of themes: advice that lies closer together than its theme does';
comment on column sub_themes.run_id is 'The run that last wrote it';

create table theme_events (
    run_id varchar not null,
    event_no integer not null,
    event varchar not null check (event in ('birth', 'death', 'split', 'merge', 'rename')),
    theme_id varchar not null,
    other_theme_id varchar,
    advice_count bigint not null,
    reason varchar not null,
    happened_at timestamp not null,
    primary key (run_id, event_no)
);
comment on table theme_events is 'What became of themes from one run to the next, and why';
comment on column theme_events.other_theme_id is 'Of a split whence it came, of a merge where it went';
comment on column theme_events.advice_count is 'How much advice the theme has, or had when it ended';
comment on column theme_events.happened_at is 'When the run saw it, UTC';

create table theme_dissent (
    do_advice_id varchar not null,
    dont_advice_id varchar not null,
    theme_id varchar not null,
    score double not null,
    primary key (do_advice_id, dont_advice_id)
);
comment on table theme_dissent is 'Pairs of advice of one theme, from different sources, that contradict each other';
comment on column theme_dissent.do_advice_id is 'Of two that tell to do different things: the first by its id';
comment on column theme_dissent.score is 'How surely they contradict, 0 to 1';
