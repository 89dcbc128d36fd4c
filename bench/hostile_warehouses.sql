-- What makes a hostile file of a good warehouse; {outside} is a folder with secrets.

-- case: a view that reads a file
create or replace view shared_advice as select * from read_text('{outside}/secret.txt');

-- case: a view that lists a folder
create or replace view page_lines as select * from glob('{outside}/*');

-- case: a macro that reads a file
create or replace macro passages_with(question, k) as table select * from read_text('{outside}/secret.txt');

-- case: a macro in the place of a function
create macro split_part(a, b, c) as (select content from read_text('{outside}/secret.txt'));

-- case: a macro that says it is lower()
create macro lower(a) as (select error('taken over'));

-- case: versions from a view of a file
drop table schema_migrations;
create view schema_migrations as select 5::integer as version, content as name, now()::timestamp as applied_at
    from read_text('{outside}/secret.txt');

-- case: pages are a view of a file
drop table pages;
create view pages as select *
    from read_csv('{outside}/secret.txt', columns = {'page_id': 'varchar'});

-- case: runs are a view
create table was as from runs;
drop table runs;
create view runs as from was;

-- case: no tables but the records
create table keep as from schema_migrations;
drop table pages;
drop table themes;
drop table passages;

-- case: columns of another type
alter table themes alter column label type integer using 5;
alter table themes alter column keywords type varchar;

-- case: NULL where none may be
create or replace table sentences as
    select * replace (null::varchar as text, null::varchar as language) from sentences;

-- case: vectors of another length
update embeddings set vector = [1.0];
create or replace table passage_vectors as
    select * replace ([1.0]::float[1] as vector) from passage_vectors;

-- case: means of another length
update language_means set mean = [1.0];

-- case: a model that is a path
update models set name = '../../../../etc/passwd', model = '../../x', dimension = -1;

-- case: spans outside of the page
update blocks set span_start = 9000000000000000000, span_end = -5, first_line = -1;

-- case: dates and numbers at their ends
update documents set published_on = '290000-01-01';
update runs set started_at = '290000-01-01', pages_seen = 9223372036854775807;

-- case: names that a terminal obeys
update documents set title = chr(27) || ']52;c;cm0=' || chr(7), host = chr(155) || '2J';
update themes set label = chr(27) || '[2J';

-- case: settings that are no JSON
alter table runs alter column sources type varchar;
update runs set sources = '[[[';

-- case: a sequence and a type of its own
create sequence s;
create type mood as enum ('a');
create schema other;
create table other.pages as select 1;

-- case: an index that is not unique
create index i on pages (uri);
create index j on passages (text_hash);
