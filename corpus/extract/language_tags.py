"""Declared languages as BCP 47 tags."""

from __future__ import annotations

import re

# ISO 639-1, the primary codes of two letters.
_LANGUAGES = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de"
    " dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id"
    " ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu"
    " lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu"
    " rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to"
    " tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)
# Codes of three letters, old ones, those of countries and names, as pages give them.
_ALIASES = {
    "eng": "en", "ita": "it", "fra": "fr", "fre": "fr", "deu": "de", "ger": "de", "spa": "es", "por": "pt", "zho": "zh",
    "chi": "zh", "nld": "nl", "dut": "nl", "rus": "ru", "pol": "pl", "jpn": "ja", "kor": "ko", "swe": "sv", "dan": "da",
    "iw": "he", "in": "id", "ji": "yi", "jp": "ja", "cn": "zh", "cz": "cs", "gr": "el", "ua": "uk", "cmn": "zh",
    "english": "en", "italian": "it", "italiano": "it", "french": "fr", "français": "fr", "german": "de",
    "deutsch": "de",
    "spanish": "es", "español": "es", "portuguese": "pt", "português": "pt", "chinese": "zh", "中文": "zh",
}  # fmt: skip
_THREE_LETTERS = frozenset(
    "ast bar ceb ckb csb dsb fil frr fur gsw haw hsb kab lij lmo mai mnk nap nds pap pms sah sco scn srn"
    " szl vec war yue".split()
)
_REGIONS = frozenset(
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT"
    " BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH"
    " ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT"
    " HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS"
    " LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI"
    " NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG"
    " SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG"
    " UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW".split()
)
_SCRIPTS = frozenset(
    "Arab Armn Beng Cyrl Deva Grek Gujr Hans Hant Hebr Jpan Kore Latn Taml Telu Thai".split()
)


def language_tag(declared: str) -> str | None:
    """Return a declared language as a BCP 47 tag (`pt_BR` → `pt-BR`, `en-us` → `en-US`), or None for nonsense.

    Language, script and region are kept, what else a tag says is not; a region that is none is left out.
    """
    first, *rest = re.split(r"[-_]", re.split(r"[.@;]", declared.strip())[0].strip().lower())
    language = _ALIASES.get(first, first)
    if language not in _LANGUAGES and language not in _THREE_LETTERS:
        return None
    rest = ["gb" if part == "uk" else part for part in rest]
    script = next((part.title() for part in rest if part.title() in _SCRIPTS), "")
    region = next(
        (part.upper() for part in rest if part.upper() in _REGIONS or re.fullmatch(r"\d{3}", part)), ""
    )
    return "-".join(filter(None, (language, script, region)))
