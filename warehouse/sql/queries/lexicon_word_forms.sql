-- Which lexemes a word may stand for, however its accents are typed.
create or replace table word_forms as
select distinct strip_accents(word) as word, lexeme_no
from lexeme_of
order by word, lexeme_no;
