"""How often the rules are right: on the seed pages, labelled by hand, and on the held-out half of the shipped pages."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from sentencex import segment

from bench.advice import held_out_f1
from corpus.advice import explain

if TYPE_CHECKING:
    from pathlib import Path

# (page, first words of the sentence, whether it is advice). Labelled by hand after the rules had been run on these
# pages, and unclear sentences left out: a guard against going back, not an estimate of quality.
LABELS = [
    ("000", "We only need to work hard", False),
    ("000", "CIOs also need to learn to promote", True),
    ("000", "In fact, this is a big mistake", False),
    ("000", "If you do not promote sales, how", False),
    ("000", "He saw a serious waste", False),
    ("000", "After work, everyone did not turn off", False),
    ("000", "The best solution also needs to be packaged", True),
    ("000", "If they want to persuade them to invest", False),
    ("000", "CIOs should learn not only to promote", True),
    ("000", "Since there is no judgment standard, it is up", True),
    ("000", "How can I pass the interviewer", False),
    ("000", "Learn to promote sales", True),
    ("000", "First, learn to pack", True),
    ("000", "Therefore, if you want to persuade people", True),
    ("000", "For example, when writing a solution", True),
    ("000", "When necessary, you must describe", True),
    ("000", "In particular, if conditions are met", True),
    ("000", "At the same time, you must pay", True),
    ("000", "It cannot be too long", True),
    ("000", "In order to reduce the time needed", True),
    ("000", "Before packaging, the report may be", False),
    ("000", "For example, if you are a leader who", True),
    ("000", "First, professional terms cannot fly", True),
    ("000", "Second, the abbreviations of", True),
    ("000", "Third, we should avoid", True),
    ("000", "As mentioned above, report to leaders", False),
    ("000", "If the IT project owner reports to the CIO", True),
    ("000", "CIOs may take care of these", False),
    ("000", "CIOs cannot be generalized", True),
    ("000", "Therefore, CIOs must be down-to-earth", True),
    ("000", "Have confidence in yourself", True),
    ("000", "As a CIO, you must first have", True),
    ("000", "Therefore, when an enterprise cannot", True),
    ("000", "Don't be two sides", True),
    ("000", "CIOs should have full confidence", True),
    ("000", "There should be obvious differences", True),
    ("000", "Let others know what you support", True),
    ("000", "As a manager, you must assume", True),
    ("000", "In short, CIOs must learn", True),
    ("000", "If you find any instances of plagiarism", False),
    ("000", "Start building with 50+", False),
    ("001", "But to run an IT organization, marketing", True),
    ("001", "That is the simple essence for what CIOs", True),
    ("001", "Now ask yourself a few starter", True),
    ("001", "• Do you deliver a newsletter", False),
    ("001", "You and your people should then", True),
    ("001", "Finally, in the category of", True),
    ("001", "Join the CIO Australia group", False),
    ("001", "Join the newsletter", False),
    ("001", "Error: Please check", False),
    ("002", "You see, the CIO must transform", True),
    ("002", "Sales skills make a CIO more visible", False),
    ("002", "Communications should sell the project", True),
    ("002", "A weekly email or sit down", True),
    ("002", "As a CIO you must sell", True),
    ("002", "Typically the business process owners", False),
    ("002", "It is up to the CIO to educate", True),
    ("002", "The CIO must spend the time", True),
    ("002", "In addition, you must market", True),
    ("002", "Face it, customers have demands", False),
    ("002", "6yThis is a great read", False),
    ("002", "After reading this, maybe I should", False),
    ("003", "Quando dico questo alla gente", False),
    ("003", "Non confondere la schiettezza", True),
    ("003", "Tutti hanno una cosa in comune", False),
    ("003", "Che cosa possiamo fare", False),
    ("003", "• I professionisti IT devono essere", True),
    ("003", "• I professionisti IT devono ricordare", True),
    ("003", "• I responsabili IT devono fare", True),
    ("003", "Soluzione 1: Essere proattivi", True),
    ("003", "I fatti sono fatti", False),
    ("003", "I reparti IT devono lanciare", True),
    ("003", "Soluzione 3: Ottenere il vostro", True),
    ("003", "Un'indagine condotta da", False),
    ("003", "Non puoi accettare tale stato", True),
    ("003", "Devi fare ogni giorno", True),
    ("003", "Prima di entrare KKM", False),
    ("004", "Respect the CIO", True),
    ("004", "Would you have a different approach", False),
    ("004", "Of course not", False),
    ("004", "Do you really see this", False),
    ("004", "“Hello, this is Chip", False),
    ("004", "Chip did not receive", False),
]


def seed_sentences(folder: Path) -> dict[str, list[tuple[str, bool]]]:
    """Return (sentence, whether it looks like a heading) of each seed by its number."""
    pages: dict[str, list[tuple[str, bool]]] = {}
    for path in sorted(folder.glob("*.txt")):
        sentences = pages.setdefault(path.name[:3], [])
        for line in path.read_text("utf-8").splitlines():
            text = " ".join(line.split())
            heading = len(text) < 70 and re.search(r"[.!?:;,]$", text) is None
            sentences += [
                (s.strip(), heading) for s in segment("it" if path.name.startswith("003") else "en", text)
            ]
    return pages


@pytest.mark.shared
def test_the_seed_pages_are_judged_as_a_person_does(seeds_dir: Path) -> None:
    pages = seed_sentences(seeds_dir)
    counts: Counter[tuple[bool, bool]] = Counter()
    for page, prefix, label in LABELS:
        text, heading = next(s for s in pages[page] if s[0].startswith(prefix))
        counts[explain(text, "it" if page == "003" else "en", heading).score >= 0.5, label] += 1
    right, wrong, missed = counts[True, True], counts[True, False], counts[False, True]
    assert right / (right + wrong) >= 0.9, counts
    assert right / (right + missed) >= 0.8, counts


def test_held_out_pages_are_judged_well_in_every_language() -> None:
    measured = held_out_f1()
    assert set(measured) == {"all", "de", "en", "es", "fr", "it", "pt", "zh"}
    assert measured["all"] >= 0.85, measured
    assert min(measured.values()) >= 0.75, measured
