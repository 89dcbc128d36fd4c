-- How far translations may be trusted.

alter table translations add column trust double;
comment on column translations.trust is 'What is left of the score after the flags, 0 to 1; 0 where it is untranslated';

alter table passages add column trust double;
comment on column passages.trust is 'Of its worst sentence, 0 to 1; 1 where it is English, NULL where nothing was said of it';
