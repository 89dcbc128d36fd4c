"""Sentences and passages of seven languages."""

from __future__ import annotations

import socket

import pytest

from corpus.extract.text import line_blocks, with_headings
from corpus.models import DecodedPage, Passage, Sourced
from corpus.segment import segment, sentence_ranges, word_count


def sentences(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in sentence_ranges(text, language)]


def passages(text: str, words: int = 120, language: str = "en") -> list[Passage]:
    blocks = with_headings(line_blocks(text))
    return segment(
        DecodedPage(text, Sourced("utf-8", "test"), "text"), blocks, [language] * len(blocks), words
    )


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "Dr. Smith left at 3.15 p.m. on Friday. The U.S. office stayed. Nobody asked why!", 3),
        ("it", "Il sig. Rossi arriva il 1.9.2020. «No. Mai.» disse. Poi va via.", 3),
        ("de", "Das kostet z. B. 3.500 Euro im Jahr. Fragen Sie nach!", 2),
        ("zh", "首席信息官应该学会推销。不要写得太长！为什么？", 3),
    ],
)
def test_sentences_end_where_a_reader_ends_them(language: str, text: str, count: int) -> None:
    found = sentences(text, language)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert len(found) == count


def test_a_list_marker_is_no_sentence() -> None:
    assert sentences("3. Have confidence in yourself", "en") == ["Have confidence in yourself"]
    assert sentences("• I professionisti IT devono essere proattivi", "it") == [
        "I professionisti IT devono essere proattivi"
    ]


def test_a_sentence_without_end_is_cut_at_clause_ends_and_nothing_is_lost() -> None:
    endless = "and then, the vendor said nothing at all " * 100
    pieces = sentences(endless.strip(), "en")
    assert max(map(len, pieces)) <= 1_000
    assert " ".join(pieces) == endless.strip()


def test_short_paragraphs_are_gathered_and_a_heading_begins_a_passage() -> None:
    line = "The board asked for three figures and nothing else that week. " * 3
    text = f"{line}\n\n{line}\n\n# What we learnt\n\n{line}\n"
    found = passages(text, words=60)
    assert [passage.text.startswith("# What we learnt") for passage in found] == [False, True]


def test_a_long_paragraph_is_cut_between_sentences_only() -> None:
    text = " ".join(f"Sentence number {number} says that the project was late again." for number in range(60))
    found = passages(text, words=100)
    assert all(passage.text.endswith("again.") for passage in found)
    assert all(word_count(passage.text) <= 160 for passage in found)
    assert " ".join(passage.text for passage in found) == text


def test_lines_wrapped_by_a_program_are_one_paragraph() -> None:
    lines = [
        "> not a list but the first line of a message that somebody wrapped at",
        "seventy columns, so that its sentences run over the ends of the lines and",
    ] * 5
    text = "\n".join([*lines, "stop here."])
    found = passages(text)
    assert sum(len(passage.sentences) for passage in found) < len(lines)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "3.5 million euros were wasted."),
        ("en", "99.9% uptime is a promise."),
        ("it", "10.000 euro sono tanti."),
        ("de", "24.12.2023 war ein Sonntag."),
        ("de", "3. Oktober war der Termin."),
        ("en", "#1 priority is the backup."),
        ("en", "-5% on the budget is little."),
    ],
)
def test_a_number_at_the_start_is_no_list_marker(language: str, text: str) -> None:
    assert " ".join(sentences(text, language)) == text


def test_sentences_of_every_language_are_told_apart_with_the_network_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    codes = "af ar bg ca cs cy da de el en es et fa fi fr he hi hr hu id it ja ko lt lv mk nl no pl pt ro ru sk sl so"
    for code in [*codes.split(), *"sq sv sw th tl tr uk ur vi zh zh-Hans zh-Hant und xx".split()]:
        stop = "。" if code.startswith(("zh", "ja")) else ". "
        text = f"Uno{stop}Due{stop}"
        assert [text[start:end].rstrip(". 。") for start, end in sentence_ranges(text, code)] == [
            "Uno",
            "Due",
        ], code
