"""Bring in what translates: the Argos index first, then Debian's Apertium pairs; say in one line what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.errors import StepError
from corpus.setup import debian
from corpus.setup.argos_index import install_from_index
from corpus.translate import Translator
from corpus.translate.apertium import ApertiumEngine
from corpus.translate.apertium_modes import missing_tools
from corpus.translate.engine import SETUP_COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from corpus.settings import Settings

LANGUAGES = ("it", "fr", "es", "pt", "de", "zh")


@dataclass(frozen=True, slots=True)
class EngineReport:
    """What set-up did for translation.

    `served` maps a language to the identity of its route; `installed` names packages new in this call; `problems`
    says what did not work; `line` is all of it in one line for a person.
    """

    served: Mapping[str, str]
    missing: tuple[str, ...]
    installed: tuple[str, ...]
    problems: tuple[str, ...]
    line: str


def install_engines(
    settings: Settings,
    languages: Sequence[str] = LANGUAGES,
    report: Callable[[str], None] = lambda _line: None,
    *,
    index: str | None = None,
    apt: bool = True,
) -> EngineReport:
    """Install what is missing so that `languages` come into English; where nothing is, nothing is asked or fetched.

    `report` gets one line for each slow step and the summary at the end. `index` is the address of another Argos
    index, `apt=False` leaves the system's packages alone. Never raises for what cannot be reached.
    """
    attempt = _Attempt(settings, tuple(languages), report)
    if "argos" in settings.translation_engines:
        attempt.argos(index)
    if "apertium" in settings.translation_engines and apt:
        attempt.apertium()
    line = _line(attempt)
    report(line)
    return EngineReport(
        attempt.served, attempt.missing, tuple(attempt.installed), tuple(attempt.problems), line
    )


class _Attempt:
    """One go at the languages: what is served, what was installed, what went wrong."""

    def __init__(self, settings: Settings, languages: tuple[str, ...], report: Callable[[str], None]) -> None:
        self._settings = settings
        self._languages = languages
        self._report = report
        self.installed: list[str] = []
        self.problems: list[str] = []
        self.served: dict[str, str] = {}
        self._look()

    @property
    def missing(self) -> tuple[str, ...]:
        """The languages that nobody serves."""
        return tuple(code for code in self._languages if code not in self.served)

    def argos(self, index: str | None) -> None:
        """Install from the Argos index what brings the missing languages into English."""
        if self.missing:
            done, problem = install_from_index(self._settings, self.missing, self._report, index)
            self.problems += [problem] if problem else []
            self._add([f"Argos {pair}" for pair in done])

    def apertium(self) -> None:
        """Install Debian's pairs for the languages that are still missing, and the tools that those pairs run."""
        if not self.missing:
            return
        if not debian.has_apt():
            self.problems.append("this system has no apt, so Apertium has to be installed by hand")
            return
        wanted = debian.apertium_packages(self.missing)
        without = [code for code in self.missing if code not in wanted]
        if without:
            self.problems.append(f"Debian has no Apertium pair for {', '.join(without)}")
        self._apt(name for names in wanted.values() for name in names)
        self._apt(missing_tools(self.missing).values())
        if any(code in wanted for code in self.missing):
            self._blame_apertium()

    def _apt(self, packages: Iterable[str]) -> None:
        """Install those of `packages` that are not there."""
        absent = debian.not_installed(list(dict.fromkeys(packages)))
        if not absent:
            return
        if not debian.may_install():
            self.problems.append(
                f"not allowed to install packages: run `sudo apt-get install {' '.join(absent)}`"
            )
            return
        self._report(f"installing {' '.join(absent)}")
        try:
            debian.install(absent)
        except StepError as error:
            self.problems.append(str(error))
        else:
            self._add(absent)

    def _blame_apertium(self) -> None:
        """Add what is wrong with pairs that are installed and serve nobody."""
        engine = ApertiumEngine.find()
        self.problems += engine.problems() if engine else []

    def _add(self, names: list[str]) -> None:
        self.installed += names
        if names:
            self._look()

    def _look(self) -> None:
        with Translator.open(self._settings) as translator:
            routes = translator.routes()
        self.served = {code: routes[code] for code in self._languages if code in routes}


def _line(attempt: _Attempt) -> str:
    parts = [_served(attempt.served)]
    if attempt.installed:
        parts.append(f"installed {', '.join(attempt.installed)}")
    if attempt.missing:
        why = "; ".join(attempt.problems) or "no engine has a pair"
        parts.append(f"{', '.join(attempt.missing)} stay in the original ({why})")
        parts.append(f"`{SETUP_COMMAND}` tries again, best where the Argos index can be reached")
    return "translation into English: " + "; ".join(parts)


def _served(served: Mapping[str, str]) -> str:
    engines: dict[str, list[str]] = {}
    for code, identity in served.items():
        engines.setdefault(identity.split()[0], []).append(code)
    return ", ".join(f"{' '.join(codes)} by {name}" for name, codes in engines.items()) or "nothing yet"
