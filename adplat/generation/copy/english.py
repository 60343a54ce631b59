"""English for templates: nothing in it is a claim about a product."""

from __future__ import annotations

from adplat.domain import FactKind
from adplat.generation.copy.phrasebook import Phrasebook

ENGLISH = Phrasebook(
    with_fact={
        "headline": (
            "{brand}: {fact}",
            "{short}: {fact}",
            "{fact}",
            "{fact} – {brand}",
            "{name}: {fact}",
        ),
        "long_headline": (
            "{name}: {fact}",
            "Meet the {short} by {brand}: {fact}",
            "{fact}. The {short} by {brand}",
            "{brand}: {fact}",
            "{fact} – {brand}",
        ),
        "body": (
            "{name}: {fact}.",
            "{fact}. {call}.",
            "Meet the {short} by {brand}. {fact}.",
            "{fact}. See the {short}.",
            "{brand}: {fact}.",
            "{fact}.",
        ),
    },
    with_more={
        "long_headline": ("{name}: {fact}. {second}",),
        "body": (
            "{name}: {fact}. {second}. {third}.",
            "{fact}. {second}. {call}.",
            "Meet the {short} by {brand}. {fact}. {second}.",
            "{name}. {fact}. {second}.",
            "{fact}. {second}. {third}.",
        ),
    },
    with_price=("{short} for {price}", "{name} for {price}", "{short}, {price}", "Yours for {price}: {short}"),
    plain={
        "headline": ("{name}", "The {short} by {brand}", "Meet the {short}", "Get to know {brand}", "This is {brand}"),
        "long_headline": ("Meet the {short} by {brand}", "Take a closer look at the {short} by {brand}", "{name}"),
        "body": (
            "Meet the {short} by {brand}. {call}.",
            "Take a closer look at the {short} by {brand}.",
            "Find the {short} at {brand}.",
            "See what {brand} made.",
        ),
    },
    by_category={
        "footwear": ("Step into the {short}", "Step out with {brand}", "Lace up with {brand}"),
        "apparel": ("Wear the {short}", "Dress the day in {brand}", "Get dressed with {brand}"),
        "accessories": ("Finish the look with {brand}", "Take {brand} along", "Add the {short}"),
        "beauty": ("A moment with {brand}", "Your routine, with {brand}"),
        "electronics": ("Switch on the {short}", "Plug in with {brand}"),
        "home": ("Bring home the {short}", "At home with {brand}"),
        "food": ("Taste the {short}", "At the table with {brand}"),
        "travel": ("Where to next? Ask {brand}", "On the road with {brand}"),
        "sport": ("Get moving with {brand}", "Out there with {brand}"),
    },
    groups={
        "footwear": ("shoe", "footwear", "sneaker", "boot", "sandal", "flip flop", "heel"),
        "accessories": ("accessor", "bag", "watch", "jewel", "belt", "wallet", "sunglass", "eyewear", "scarf", "tie"),
        "apparel": (
            "apparel",
            "cloth",
            "wear",
            "shirt",
            "dress",
            "top",
            "trouser",
            "jean",
            "fashion",
            "saree",
            "kurta",
        ),
        "beauty": ("beauty", "cosmetic", "skin", "fragrance", "perfume", "make-up", "makeup", "hair", "personal care"),
        "electronics": ("electronic", "phone", "audio", "headphone", "computer", "camera", "laptop", "gadget"),
        "home": ("home", "furniture", "kitchen", "lamp", "bed", "garden", "decor"),
        "food": ("food", "drink", "coffee", "tea", "snack", "grocer", "beverage", "wine"),
        "travel": ("travel", "hotel", "flight", "holiday", "tour"),
        "sport": ("sport", "fitness", "outdoor", "bike", "gym"),
    },
    calls={
        None: ("Shop now", "Learn more", "See details", "Take a look", "View product", "Find out more", "Explore"),
        FactKind.PRICE: ("See the price", "Shop now", "Buy now"),
        FactKind.OFFER: ("Get the offer", "See the offer", "Shop the offer"),
        FactKind.AWARD: ("Find out why", "Read more"),
        FactKind.SERVICE: ("Learn more",),
    },
    calls_by_category={
        "food": ("Order now",),
        "travel": ("See dates", "Plan a trip"),
        "apparel": ("Shop the look",),
        "accessories": ("Shop the look",),
        "employment": ("See the job", "Learn more", "See details", "Find out more"),
        "housing": ("View the home", "Learn more", "See details", "Find out more"),
        "finance": ("Learn more", "See details", "Find out more"),
        "politics": ("Learn more", "Find out more"),
    },
    floor=("Take a look", "Have a look", "See more", "Find out more", "Look inside", "Start here", "Open"),
    currencies={"USD": "${amount}", "EUR": "€{amount}", "GBP": "£{amount}", "CNY": "¥{amount}", "JPY": "¥{amount}"},
)
