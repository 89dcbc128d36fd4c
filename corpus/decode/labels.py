"""What a page says its charset is, and what browsers understand by it (WHATWG Encoding Standard)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from corpus.models import RawPage

_LABEL = r"[\"']?\s{0,9}([A-Za-z0-9_:.()+-]{2,40})"
_HEADER = re.compile(rf"charset\s{{0,9}}=\s{{0,9}}{_LABEL}", re.I)
_META = re.compile(rb"<meta\b[^>]{0,300}?charset\s{0,9}=\s{0,9}" + _LABEL.encode(), re.I)
_XML = re.compile(rb"\s{0,99}<\?xml\b[^>]{0,200}?encoding\s{0,9}=\s{0,9}" + _LABEL.encode())
_NOISE = re.compile(r"[^a-z0-9]")
_META_WITHIN = 16_384  # browsers look at 1,024 bytes; pages put scripts before it

# Python's codec, then the labels it answers to, without punctuation. Browsers read many as supersets. What is
# not here (utf-7, punycode, zlib, EBCDIC …) is no charset of a page: it hides markup or runs other code.
_TABLE = """
utf-8: utf8 unicode11utf8 unicode20utf8 xunicode20utf8 utf8n utf8mb4 utf8bom
utf-16: utf16 csunicode iso10646ucs2 ucs2 unicode unicodefeff utf16le unicodefffe utf16be utf32 utf32le utf32be ucs4
cp1252: ansix341968 ascii cp1252 cp819 csisolatin1 ibm819 iso88591 isoir100 iso885911987 l1 latin1 usascii
    windows1252 xcp1252 win1252 ansi
cp1250: cp1250 windows1250 xcp1250 win1250
cp1251: cp1251 windows1251 xcp1251 win1251
cp1253: cp1253 windows1253 xcp1253
cp1254: cp1254 csisolatin5 iso88599 isoir148 iso885991989 l5 latin5 windows1254 xcp1254
cp1255: cp1255 windows1255 xcp1255
cp1256: cp1256 windows1256 xcp1256
cp1257: cp1257 windows1257 xcp1257
cp1258: cp1258 windows1258 xcp1258
iso8859-2: csisolatin2 iso88592 isoir101 iso885921987 l2 latin2
iso8859-3: csisolatin3 iso88593 isoir109 iso885931988 l3 latin3
iso8859-4: csisolatin4 iso88594 isoir110 iso885941988 l4 latin4
iso8859-5: csisolatincyrillic cyrillic iso88595 isoir144 iso885951988
iso8859-6: arabic asmo708 csiso88596e csiso88596i csisolatinarabic ecma114 iso88596 iso88596e iso88596i isoir127
    iso885961987
iso8859-7: csisolatingreek ecma118 elot928 greek greek8 iso88597 isoir126 iso885971987 suneugreek
iso8859-8: csiso88598e csisolatinhebrew hebrew iso88598 iso88598e isoir138 iso885981988 visual csiso88598i
    iso88598i logical
iso8859-10: csisolatin6 iso885910 isoir157 l6 latin6
iso8859-13: iso885913
iso8859-14: iso885914
iso8859-15: csisolatin9 iso885915 l9 latin9
iso8859-16: iso885916
koi8-r: cskoi8r koi koi8 koi8r
koi8-u: koi8ru koi8u
cp866: 866 cp866 csibm866 ibm866
cp437: 437 cp437 ibm437 cspc8codepage437
cp850: 850 cp850 ibm850 cspc850multilingual
cp852: 852 cp852 ibm852 cspcp852
cp874: dos874 iso885911 tis620 windows874
mac-roman: csmacintosh mac macintosh xmacroman
mac-cyrillic: xmaccyrillic xmacukrainian
gb18030: gb18030 chinese csgb2312 csiso58gb231280 gb2312 gb231280 gbk isoir58 xgbk cp936 ms936 windows936
big5hkscs: big5 big5hkscs cnbig5 csbig5 xxbig5 cp950 ms950 windows950
cp932: csshiftjis ms932 mskanji shiftjis sjis windows31j xsjis cp932
euc_jp: cseucpkdfmtjapanese eucjp xeucjp
cp949: cseuckr csksc56011987 euckr isoir149 korean ksc56011987 ksc56011989 ksc5601 windows949 cp949 uhc
iso2022_jp_ext: csiso2022jp iso2022jp iso2022jp1 iso2022jp2 iso2022jpext
iso2022_kr: csiso2022kr iso2022kr
hz: hzgb2312 hz
"""
STATEFUL = frozenset(("iso2022_jp_ext", "iso2022_kr", "hz"))


class Declared(NamedTuple):
    """A label as a page gives it, what Python calls it ("": no charset that a page may be in), and where it stood."""

    label: str
    charset: str
    source: str


def _codecs() -> dict[str, str]:
    table = _TABLE.replace("\n    ", " ").strip().splitlines()
    pairs = [line.split(": ") for line in table]
    return {label: charset for charset, labels in pairs for label in labels.split()}


_CODECS = _codecs()


def codec(label: str) -> str:
    """Return Python's name for the charset that `label` means, or "" where it means none.

    The label is looked up in a table, never imported: `codecs.lookup` would run code by a name from a page.
    """
    return _CODECS.get(_NOISE.sub("", label.lower()), "")


def declared(page: RawPage) -> list[Declared]:
    """Return what HTTP header or sidecar, XML declaration and meta tag say, in the order of their rank."""
    found = []
    if match := _HEADER.search((page.declared_type or "")[:500]):
        found.append((match[1], "content-type"))
    head = page.content[:_META_WITHIN].replace(b"\0", b"")
    if match_xml := _XML.match(head):
        found.append((match_xml[1].decode("ascii"), "xml"))
    if match_meta := _META.search(head):
        found.append((match_meta[1].decode("ascii"), "meta"))
    return [Declared(label.lower(), codec(label), source) for label, source in found]
