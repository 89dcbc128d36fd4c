-- Which words does a text hold, as the index of words was made: runs of letters and digits, pairs of ideographs?
create or replace macro words_of(text) as list_filter(
    list_concat(
        regexp_extract_all(
            lower(nfc_normalize(text)), '(?:[^\P{L}\p{Han}\p{Hiragana}\p{Katakana}]|\p{N}|\p{M})+'
        ),
        flatten(list_transform(
            regexp_extract_all(text, '[\p{Han}\p{Hiragana}\p{Katakana}]+'),
            lambda run: list_transform(
                range(1, greatest(length(run), 2)), lambda place: substr(run, place, 2)
            )
        ))
    ),
    lambda word: length(word) <= 64
);
