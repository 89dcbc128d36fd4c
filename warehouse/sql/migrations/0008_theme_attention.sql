-- Of very many pieces of advice, a run looks at a theme again when it has grown or shrunk by a tenth.
alter table themes add column looked_from bigint;
comment on column themes.looked_from is 'How much advice it had when a run last looked whether it splits or merges';
