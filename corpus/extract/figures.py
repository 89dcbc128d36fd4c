"""What one block says of itself, in numbers that know no language, and what the page's own data say it is.

Words are runs of letters (or single ideographs and kana), sentences end where any script ends them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.extract.places import FLAGS
from corpus.models import Shape

if TYPE_CHECKING:
    from corpus.extract.layout import LaidOutBlock

SHAPES = (Shape.HEADING, Shape.LIST_ITEM, Shape.QUOTE, Shape.TABLE, Shape.CODE)
TAGS = {
    name: place + 1
    for place, name in enumerate(
        "p li div h1 h2 h3 h4 h5 h6 tr td figcaption dt dd blockquote section article".split()
    )
}
OF_TEXT = (
    "characters", "words", "link share", "links", "bold share", "breaks", "digits", "capitals", "sentences", "commas",
    "word length", "ends sentence", "ends colon", "question", "bar", "sign", "money", "date", "starts lower",
    "starts digit",
)  # fmt: skip
OF_PLACE = ("tag", *(shape.value for shape in SHAPES), *FLAGS, "depth", "gap")
_WORD = re.compile(r"[^\W_\u3040-\u30ff\u4e00-\u9fff]+|[\u3040-\u30ff\u4e00-\u9fff]")
_SENTENCE_END = re.compile(r"[.!?。！？](?=\s|$|[\"”’»」』)])|[。！？]")
_DIGIT = re.compile(r"\d")
_COMMA = re.compile("[,，、]")
_BAR = re.compile("[|·›»]")
_SIGN = re.compile("[©@]")
_MONEY = re.compile("[$€£]")
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}\b|\b\d{1,2}:\d\d\b")
_DATE_WITHIN = 200
_CLOSING_TAG = -1
_MOST_GAP = 20_000


def of_text(block: LaidOutBlock) -> list[float]:
    """Return the figures `OF_TEXT` of a block, which has at least one visible character."""
    text = block.text
    size = len(text)
    words = _WORD.findall(text)
    count = max(1, len(words))
    return [
        size, len(words), block.link_share, block.links, block.bold / max(1, block.characters), block.breaks,
        len(_DIGIT.findall(text)) / size, sum(word[0].isupper() for word in words) / count,
        len(_SENTENCE_END.findall(text)), len(_COMMA.findall(text)), sum(map(len, words)) / count,
        text[-1] in ".!?。！？…\"”»」)", text[-1] in ":：", "?" in text or "？" in text, len(_BAR.findall(text)),
        _SIGN.search(text) is not None, _MONEY.search(text) is not None,
        _DATE.search(text, 0, _DATE_WITHIN) is not None, text[0].islower(), text[0].isdigit(),
    ]  # fmt: skip


def of_place(block: LaidOutBlock) -> list[float]:
    """Return the figures `OF_PLACE` of a block."""
    flags = block.around.flags
    return [
        _CLOSING_TAG if block.tag.startswith("/") else TAGS.get(block.tag, 0),
        *(block.shape is shape for shape in SHAPES),
        *(flags >> bit & 1 for bit in range(len(FLAGS))),
        block.around.depth,
        min(block.gap, _MOST_GAP),
    ]


_TYPE = re.compile(r'"@type"\s{0,9}:\s{0,9}\[?\s{0,9}"(\w{1,40})"')
_OPEN_GRAPH = re.compile(r'og:type["\'][^>]{0,20}content=["\'](\w{1,20})')
_TYPES = {
    "article": frozenset("Article NewsArticle TechArticle BlogPosting Report ReportageNewsArticle".split()),
    "product": frozenset("Product Offer AggregateOffer ProductGroup".split()),
    "thread": frozenset("DiscussionForumPosting QAPage Answer Question".split()),
    "list": frozenset("ItemList CollectionPage OfferCatalog".split()),
    "service": frozenset("Service LocalBusiness ProfessionalService FAQPage".split()),
    "og article": frozenset(("og article",)),
    "og product": frozenset(("og product", "og og")),
    "og site": frozenset(("og website",)),
}
# Names that page builders leave in the first part of a page.
_BUILDERS = {
    "forum": (
        "discourse",
        "phpbb",
        "vbulletin",
        "xenforo",
        "invision",
        "simple machines",
        "flarum",
        "stackexchange",
    ),
    "shop": ("woocommerce", "shopify", "add-to-cart", "addtocart", "magento", "prestashop", "bigcommerce"),
    "manual": (
        "sphinx",
        "docusaurus",
        "mkdocs",
        "readthedocs",
        "gitbook",
        "doxygen",
        "vuepress",
        "mediawiki",
    ),
    "blog": ("wp-content", "ghost", "substack", "blogger", "medium.com"),
}
_HEAD = 60_000
OF_PAGE = tuple(f"marker {name}" for name in (*_TYPES, *_BUILDERS))


def of_page(raw: str) -> list[float]:
    """Return the figures `OF_PAGE`: the kinds of page that its structured data and its builder's names speak of."""
    types = set(_TYPE.findall(raw)) | {f"og {name.lower()}" for name in _OPEN_GRAPH.findall(raw[:_HEAD])}
    head = raw[:_HEAD].lower()
    return [
        *(bool(types & names) for names in _TYPES.values()),
        *(any(word in head for word in words) for words in _BUILDERS.values()),
    ]
