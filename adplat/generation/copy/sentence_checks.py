"""What must hold of a sentence that a model wrote before its meaning is looked at: width, language, brand, manners."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import pairwise

from adplat.artwork import display_width, first_emoji, first_from_the_right, first_unseen
from adplat.domain import Brief, TextLimit
from adplat.generation.brief_checks import holds_banned_word
from adplat.generation.copy.language_words import NEUTRAL_ENGLISH, REFUSALS
from adplat.generation.copy.phrasebook import product_names

_MARKUP = re.compile(r"https?:|www\.|\.com\b|[<>{}\[\]|#*_`~^=\\@]|&\w+;|!|\?{2,}|\.{2,}|…|[\"“”„«»]")
_LATIN_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_ARTICLES = frozenset({"a", "an", "the", "your", "our", "its"})
_LINKING = frozenset({"with", "for", "to", "of", "on", "in", "at", "by", "from", "and", "or", "as", "is", "are"})
# A sentence does not end with these, and an article is not followed by another or by a linking word.
_OPENING = _ARTICLES | _LINKING | {"this", "these"}


def objection_to(text: str, brief: Brief, limit: TextLimit, language: str, prompt: str) -> str:
    """Empty if nothing speaks against the sentence, otherwise a few words that say what does."""
    folded = text.casefold()
    brand = brief.brand.name
    checks = (
        (not text.strip(), "empty"),
        (display_width(text) > limit.most_width, "too wide"),
        (any(phrase in folded for phrase in REFUSALS), "a refusal or talk about itself"),
        (bool(_MARKUP.search(text)), "markup, an address or gimmick punctuation"),
        (bool(first_emoji(text) or first_from_the_right(text) or first_unseen(text)), "letters that are not drawn"),
        (bool(holds_banned_word(text, brief.brand.banned_words)), "a banned word"),
        (not _in_language(text, language, brief), "another language"),
        (_repeats(text, prompt), "repeats the prompt"),
        (brand_misspelt(text, brief), "the brand is misspelt"),
        (_name_in_lower_case(text, brief, language), "the product's name is misspelt"),
        (text.count(brand) > 1, "repeats itself"),
        (_shouts(text, brief), "written in capitals"),
        (_stutters(folded, brief, language), "repeats itself"),
        (language == "en" and _name_cut_short(folded, brief, prompt), "the product's name is cut short"),
        (language == "en" and _is_broken(folded, brand), "no grammar"),
    )
    return next((what for found, what in checks if found), "")


def _repeats(text: str, prompt: str) -> bool:
    """Whether it gives back a line of what it was asked (``Fact: …``) or its label."""
    folded = text.casefold().rstrip(".。")
    labelled = re.match(r"(brand|product|fact|headline|ad|品牌|产品|卖点|文案)\s*[:：]", folded)
    return bool(labelled) or any(folded == line.strip().casefold() for line in prompt.splitlines())


def _in_language(text: str, language: str, brief: Brief) -> bool:
    """Chinese copy has Chinese letters beside names; English has none but names'."""
    rest = text.replace(brief.brand.name, "").replace(brief.product.names[language], "")
    if language == "zh":
        return bool(_CHINESE.search(text))
    return not _CHINESE.search(rest) and all(ord(letter) < 0x250 or 0x2010 <= ord(letter) <= 0x20BF for letter in rest)


def brand_misspelt(text: str, brief: Brief) -> bool:
    """Whether words stand there that are nearly the brand's name and not it: ``norvik``, ``Norvick``."""
    brand = brief.brand.name
    rest = text.replace(brand, " ")
    for name in brief.product.names.values():
        rest = rest.replace(name, " ")
    words = rest.split()
    length = len(brand.split())
    for place in range(len(words)):
        heard = " ".join(words[place : place + length]).strip(".,:;!?–-'’\"").removesuffix("'s").removesuffix("’s")
        near = SequenceMatcher(None, heard.casefold(), brand.casefold()).ratio() >= 0.8
        if heard and near and not any(heard.casefold() == own for own in _own_words(brief)):
            return True
    return False


def _name_in_lower_case(text: str, brief: Brief, language: str) -> bool:
    """``Norvik ridge``: the word that tells this product from the brand's others is part of its name."""
    first = product_names(brief, language)[1].split()[0]
    return first[:1].isupper() and first.casefold() in text.split() and first.casefold() not in _fact_words(brief)


def _fact_words(brief: Brief) -> set[str]:
    return {word for fact in brief.facts for text in fact.texts.values() for word in text.split()}


def _own_words(brief: Brief) -> set[str]:
    """Words of the brief's names and facts that only resemble the brand."""
    texts = [*brief.product.names.values(), *(text for fact in brief.facts for text in fact.texts.values())]
    return {word.casefold() for text in texts for word in text.split()} - {brief.brand.name.casefold()}


def _shouts(text: str, brief: Brief) -> bool:
    given = " ".join(
        (
            brief.brand.name,
            *brief.product.names.values(),
            *(text for fact in brief.facts for text in fact.texts.values()),
        )
    )
    loud = [word for word in _LATIN_WORD.findall(text) if len(word) > 3 and word.isupper() and word not in given]
    return bool(loud)


def _stutters(folded: str, brief: Brief, language: str) -> bool:
    """A word twice in a row, or two words in a row twice; a product's name may say again what its fact says."""
    words = re.findall(r"\w+", folded)
    pairs = [f"{one} {two}" for one, two in pairwise(words)]
    name = " ".join(re.findall(r"\w+", brief.product.names[language].casefold()))
    twice = {pair for pair in pairs if pairs.count(pair) > 1 and pair not in name}
    return bool(twice) or any(one == two for one, two in pairwise(words))


def _name_cut_short(folded: str, brief: Brief, prompt: str) -> bool:
    """``Norvik ridge`` for a shoe: whoever uses words of the product's name says what it is."""
    own = [word for word in re.findall(r"\w+", product_names(brief, "en")[1].casefold()) if not word.isdigit()]
    fact = prompt.splitlines()[-1]  # its words may stand alone, whether the name has them too or not
    other = set(re.findall(r"\w+", f"{brief.brand.name} {fact}".casefold()))
    said = set(re.findall(r"\w+", folded))
    used = [word for word in own if word in said and word not in other and word not in NEUTRAL_ENGLISH]
    head = own[-1].rstrip("s") if own else ""
    return bool(used) and not any(word.rstrip("s") == head for word in said)


def _is_broken(folded: str, brand: str) -> bool:
    """The plainest signs of a sentence that is none."""
    words = re.findall(r"[a-z'’]+|\d+", folded.replace(brand.casefold(), " brandname "))
    if not words or words[-1] in _OPENING:
        return True
    clauses = [re.findall(r"[a-z'’]+", clause) for clause in re.split(r"[.,:;!?–—]", folded)]
    if any(clause and clause[-1] in _ARTICLES for clause in clauses):
        return True
    if any(re.fullmatch(r"\s*[a-z]+\s*", sentence) for sentence in re.split(r"[.!?]", folded)[:-1]):
        return True  # a word alone between full stops
    pairs = pairwise(words)
    return any(one in _ARTICLES and two in _ARTICLES | _LINKING for one, two in pairs)
