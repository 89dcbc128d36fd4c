-- Pages that their source no longer has: marked, never deleted.
alter table pages add column gone_at timestamp;
comment on column pages.gone_at is 'When a run first found that its folder or its server no longer has it; NULL: it is there, or nobody could tell';
comment on column ledger.stage is 'forget (of rebuild), pages, gone, host_lines, repetition, translations, english, embeddings, advice, duplicates, themes or search';
