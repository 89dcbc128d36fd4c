-- What search reads is made anew by every run that changes it, and a table that is made anew has no comments.
comment on table passage_vectors is 'What search reads of each passage: its vector without what its language adds, and what to filter by';
comment on column passage_vectors.passage_no is 'Its place by passage_id, from 0: its name in postings';
comment on column passage_vectors.source is 'Its host; the uri of a page without one';
comment on column passage_vectors.targets is 'Whom the advice in it tells';
comment on column passage_vectors.copy_group is 'The canonical document, where the document has copies or is one';
comment on column passage_vectors.vector is 'Of length 1, less the mean of its language';
comment on column passage_vectors.sign_0 is 'Bit i: whether component i of the vector is above 0; the others alike, 64 components each';
comment on table lexemes is 'The words of each language, as search matches them: stems without accents, pairs of ideographs';
comment on column lexemes.lexeme_no is 'Its place by language and lexeme, from 0';
comment on column lexemes.language is 'A primary subtag: zh, not zh-Hans';
comment on column lexemes.passage_count is 'How many passages hold it';
comment on column lexemes.most is 'The most that it can add to the BM25 score of a passage';
comment on table word_forms is 'Which lexemes a word may stand for: what a question is looked up in, in small letters without accents';
comment on table postings is 'Which passages hold a lexeme, and what it adds to their BM25 score';
