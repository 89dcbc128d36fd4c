"""Why not: how the page that holds the text fared at the steps after reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.why_not_steps import Facts, number, pieces

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from warehouse.results import VerdictCount
    from warehouse.why_not_results import Step, StepName, StepState
    from warehouse.why_not_steps import Row

_UNSEEN = ("markup", "blank")
_AFTER_READING: tuple[StepName, ...] = (
    "kept", "language", "english", "embedded", "advice", "canonical", "themes",
)  # fmt: skip


def steps_of_text(text: Facts, *, is_read: bool) -> list[Step]:
    """Return the steps after reading, of the page that holds the text; none is reached where nothing was read."""
    if not is_read or text.page is None or text.counts is None:
        return [_not_reached(text, stage, "nothing of it was read") for stage in _AFTER_READING]
    page, counts = text.page, text.counts
    return [
        _kept(text, page),
        _language(text, page),
        _english(text, counts),
        _embedded(text, counts),
        _advice(text, counts),
        _canonical(text, page, counts),
        _themes(text, page, counts),
    ]


def counted(text: Facts) -> str:
    """Say in a sentence what is in the warehouse of the page that holds the text."""
    if text.page is None or text.counts is None:
        return ""
    counts = text.counts
    said = (
        f"{text.uri} is in the warehouse and counted, as {text.page['document_id']}: "
        f"{number(counts['passages'], 'passage')}, {pieces(counts['advice'])}, "
        f"{counts['members']:,} in {number(len(counts['themes']), 'theme')}"
    )
    return f"{said}."


def _kept(text: Facts, page: Row) -> Step:
    seen = [verdict for verdict in text.verdicts if verdict.kind not in _UNSEEN]
    kept = [verdict for verdict in seen if verdict.kept]
    dropped = [verdict for verdict in seen if not verdict.kept]
    lines = sum(verdict.lines for verdict in kept)
    message = f"{number(lines, 'line')} kept"
    if beside := _by_kind([verdict for verdict in kept if verdict.kind != "article"]):
        message += f", of them {beside} by the setting keep_kinds"
    if dropped:
        message += f"; {sum(verdict.lines for verdict in dropped):,} dropped: {_by_kind(dropped)}"
    repeated = sum(verdict.lines for verdict in dropped if verdict.rule.startswith("repetition:"))
    if repeated:
        message += f"; {repeated:,} of these because other pages of {page['host']} have them, too"
    rule = max(dropped, key=lambda verdict: verdict.lines).rule if dropped else None
    code = ("lines-stripped" if dropped else "kept-whole") if kept else "nothing-kept"
    return text.step(
        "kept", "passed" if kept else "stopped", code, message, rule=rule, count=lines,
        run_id=page["read_run_id"], at=_time_of_reading(text, page),
    )  # fmt: skip


def _time_of_reading(text: Facts, page: Row) -> datetime | None:
    """Return when the page was last judged: loaded, or read again for the lines that its host repeats."""
    if page["read_run_id"] == page["run_id"]:
        return page["loaded_at"]  # type: ignore[no-any-return] # rows are not typed
    run_id, at = text.ledger.get("repetition", (None, None))
    return at if run_id == page["read_run_id"] else None


def _language(text: Facts, page: Row) -> Step:
    run = {"run_id": page["read_run_id"], "at": _time_of_reading(text, page), "count": page["word_count"]}
    words = number(page["word_count"], "word")
    if page["language"] == "und":
        return text.step(
            "language", "stopped", "no-language", f"No language can be told of its {words}", **run
        )
    message = f"Its {words} are in the language {page['language']}, sure to {page['language_confidence']:.2f}"
    declared = page["declared_language"]
    if declared and declared.lower().partition("-")[0] != page["language"]:
        message = f"{message}, though the page declares {declared}"
        return text.step("language", "passed", "other-than-declared", message, **run)
    return text.step("language", "passed", "language", message, **run)


def _english(text: Facts, counts: Row) -> Step:
    passages, missing, partly = counts["passages"], counts["untranslated"], counts["partly"]
    reason = f": {counts['reason']}" if counts["reason"] else ""
    done = passages - missing - partly
    state: StepState = "passed" if done == passages else "stopped" if missing == passages else "partly"
    if not passages:
        state, code, message = "stopped", "no-passages", "It has no passages"
    elif counts["originals"] == passages:
        code, message = "original-english", f"{number(passages, 'passage')}, written in English"
    elif state == "passed":
        code, message = "translated", f"{number(passages, 'passage')}, all in English"
    elif state == "stopped":
        code, message = "untranslated", f"0 of {number(passages, 'passage')} in English{reason}"
    else:
        code, message = "partly-untranslated", f"{done:,} of {passages:,} passages wholly in English{reason}"
    return text.step("english", state, code, message, "english", count=done)


def _embedded(text: Facts, counts: Row) -> Step:
    passages, vectors = counts["passages"], counts["vectors"]
    state: StepState = "stopped" if not vectors else "partly" if vectors < passages else "passed"
    code = {"stopped": "no-vectors", "partly": "partly-embedded"}.get(state, "embedded")
    message = f"{vectors:,} of {number(passages, 'passage')} can be found by search"
    return text.step("embedded", state, code, message, "search", count=vectors)


def _advice(text: Facts, counts: Row) -> Step:
    if not counts["judged"]:
        message = f"None of its {number(counts['sentences'], 'sentence')} was judged yet"
        return text.step("advice", "stopped", "not-judged", message, count=0)
    judged = f"{number(counts['judged'], 'sentence')} judged"
    if not counts["advice"]:
        return text.step("advice", "stopped", "no-advice", f"No advice found: {judged}", count=0)
    message = f"{pieces(counts['advice'])} found: {judged}"
    return text.step("advice", "passed", "advice", message, count=counts["advice"])


def _canonical(text: Facts, page: Row, counts: Row) -> Step:
    if page["canonical_uri"] is None:
        copies = page["copy_count"]
        message = "No copy of another page" + (f"; {number(copies, 'near copy')} of it" if copies else "")
        return text.step("canonical", "passed", "canonical", message, "duplicates", count=copies)
    message = (
        f"It is a near copy ({page['similarity']:.2f}) of {page['canonical_uri']}, "
        f"so that its advice does not count ({pieces(counts['advice'])})"
    )
    return text.step("canonical", "stopped", "near-copy", message, "duplicates", count=counts["advice"])


def _themes(text: Facts, page: Row, counts: Row) -> Step:
    if page["canonical_uri"] is not None:
        return _not_reached(text, "themes", f"the advice of {page['canonical_uri']} counts in its place")
    if not counts["advice"]:
        return _not_reached(text, "themes", "it has no advice")
    if not counts["members"]:
        message = f"{pieces(counts['advice'])}, none in a theme: too few others say the like"
        return text.step("themes", "stopped", "no-theme", message, "themes", count=0)
    message = f"{counts['members']:,} of its {pieces(counts['advice'])} in {', '.join(counts['themes'])}"
    return text.step("themes", "passed", "in-themes", message, "themes", count=counts["members"])


def _not_reached(facts: Facts, stage: StepName, why: str) -> Step:
    return facts.step(stage, "not reached", "not-reached", f"{why[0].upper()}{why[1:]}")


def _by_kind(verdicts: Sequence[VerdictCount]) -> str:
    lines: dict[str, int] = {}
    for verdict in verdicts:
        lines[verdict.kind] = lines.get(verdict.kind, 0) + verdict.lines
    most = sorted(lines.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{number:,} {kind}" for kind, number in most)
