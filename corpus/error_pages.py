"""Pages that a server sent instead of the page: refusals, checks for robots, "not found"."""

from __future__ import annotations

import re

_LONGEST = 120
_SIGNS = re.compile(
    r"""enable\ javascript | turn\ javascript\ on | javascript\ (?:is\ )?(?:required|disabled)
    | checking\ (?:if\ the\ site|your\ browser|the\ site\ connection) | access\ (?:is\ )?denied
    | (?:complete|solve|enter)\ (?:the|this|a)\ captcha | are\ you\ (?:a\ )?(?:human|robot)
    | unusual\ traffic | page\ (?:was\ )?not\ found | error\ \d{3,4}\b
    | \b(?:403|404|410|500|502|503)\b.{0,40}(?:error|forbidden|not\ found|unavailable)
    | abilita(?:re)?\ javascript | accesso\ negato | pagina\ non\ trovata
    | activer\ javascript | acc[eè]s\ refus[eé] | page\ introuvable
    | javascript\ (?:aktivieren|activado|ativado) | zugriff\ verweigert | seite\ (?:wurde\ )?nicht\ gefunden
    | acceso\ denegado | p[aá]gina\ no\ encontrada | acesso\ negado | p[aá]gina\ n[aã]o\ encontrada
    | 页面不存在 | 访问被拒绝 | 请启用\s?javascript | 找不到(?:该|此)?页面""",
    re.IGNORECASE | re.VERBOSE,
)


def is_error_page(text: str, words: float) -> bool:
    """Whether the little that is left of a page (`words` of it) is a server's message and not somebody's text."""
    return words <= _LONGEST and len(_SIGNS.findall(text)) >= (1 if words <= _LONGEST / 2 else 2)
