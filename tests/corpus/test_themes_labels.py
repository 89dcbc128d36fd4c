from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from corpus.themes import AdvicePoint
from corpus.themes.graph import unit
from corpus.themes.labels import theme_keywords

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

AXES = np.eye(4, dtype=np.float32)


def point(n: int, sentence: str, document: str, language: str = "en", **extra: str) -> AdvicePoint:
    return AdvicePoint(f"adv_{n:02}", sentence, None, language, document, **extra)


def vectors(count: int, axis: int = 0) -> NDArray[np.float32]:
    return np.tile(AXES[axis], (count, 1))


def by_meaning(words: Sequence[str], languages: Sequence[str]) -> NDArray[np.float32]:
    """Backups and passwords lie on the first axis, gardens on the second."""
    assert len(words) == len(languages)
    return np.stack([AXES[0 if word.startswith(("backup", "password")) else 1] for word in words])


MIXED = [
    point(
        n, f"Keep your backups and passwords near a garden, a gardener and a hedge in the {where}.", f"d{n}"
    )
    for n, where in enumerate(["cellar", "attic", "barn"])
]


def test_with_vectors_words_near_the_centre_come_first() -> None:
    [words] = theme_keywords(MIXED, vectors(3), [range(3)], by_meaning)
    assert {words[0][:6], words[1][:6]} & {"backup", "passwo"}
    assert words[0].startswith(("backup", "password"))


def test_a_word_of_one_document_comes_after_those_that_several_share() -> None:
    [words] = theme_keywords(MIXED, vectors(3), [range(3)])
    assert not {"cellar", "attic", "barn"} & set(words[:3])


def test_passages_and_titles_bring_words_that_the_advice_lacks() -> None:
    told = [
        point(n, "Never do that.", f"d{n}", passage_en=f"Ransomware came at {n}.", title_en="On ransomware")
        for n in range(2)
    ]
    [words] = theme_keywords(told, vectors(2), [range(2)])
    assert words == ("ransomware",)


def test_the_word_of_an_author_beats_one_that_only_a_translation_has() -> None:
    told = [
        point(0, "The contract and the vendor.", "d0"),
        *(AdvicePoint(f"adv_1{n}", "?", "The contract and the courriel.", "fr", f"d1{n}") for n in range(2)),
        point(2, "The vendor and nothing of the kind.", "d2"),
    ]
    [words] = theme_keywords(told, vectors(4), [range(4)])
    assert words.index("vendor") < words.index("courriel")


def test_every_keyword_stands_in_the_pages_of_its_theme() -> None:
    german = [point(n, "Die Tabelle gehört dem Besitzer.", f"g{n}", "de") for n in range(2)]
    both = [*MIXED, *german]
    centres = unit(np.concatenate([vectors(3), vectors(2, 1)]))
    english, own = theme_keywords(both, centres, [range(3), range(3, 5)], by_meaning)
    assert set(own) == {"Tabelle", "Besitzer"}
    assert not set(own) & set(english)


def test_no_group_and_wordless_groups_are_no_trouble() -> None:
    assert theme_keywords([], np.zeros((0, 4), np.float32), [], by_meaning) == []
    dots = [point(n, "…", f"d{n}") for n in range(2)]
    assert theme_keywords(dots, vectors(2), [range(2)], by_meaning) == [()]
