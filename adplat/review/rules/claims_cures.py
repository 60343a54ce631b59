"""Health: cures, treatments, weight lost in a time, doctors' words. They need a fact with a proof."""

from __future__ import annotations

from adplat.review.claims import claims_look, claims_say, finder
from adplat.review.rule import Rule

_ILLS = (
    r"(?:acne|adhd|aids|allerg\w+|alzheimer\w*|anxiety|arthritis|asthma|(?:back|joint|knee|neck|chronic|nerve) pain|"
    r"baldness|blood pressure|cancers?|cellulite|cholesterol|colds|common cold|covid\w*|dementia|depression|diabet\w+|disease\w*|"
    r"eczema|erectile\w*|fatigue|flu|gout|h[ae]morrhoids|hair loss|headaches?|heart (?:attacks?|disease)|hiv|hypertension|"
    r"illness\w*|infections?|inflammation|insomnia|migraines?|obesity|osteoporosis|pain|psoriasis|rheumatism|snoring|strokes?|"
    r"tinnitus|tumou?rs?|ulcers?|viruse?s?|warts?|wrinkles?)"
)
_WEIGHT = r"(?:\d+(?:\.\d+)?|one|two|three|four|five|six|seven|ten|twenty)\s?(?:kg|kilos?|kilograms?|lbs?|pounds?|stones?|inches|dress sizes?)"
_TIME = r"(?:\d+|one|two|three|four|a|just days|days)\s?-?(?:days?|weeks?|months?|hours?)?"
find = finder(
    {
        "cure": rf"\b(?:cur(?:e|es|ed|ing)|heals?|treats?|treating|remed(?:y|ies)(?: for)?|relieves?|reverses?|eliminates?|"
        rf"prevents?|fights?|stops?|beats?|ends?|gets? rid of|(?:say )?goodbye to|no more|free (?:you )?from|soothes?|reduces?|lowers?|against|(?:tea|cream|pills?|patch(?:es)?|drops|oil|relief|solution|formula|recommended) for)\b[\w ,'-]{{0,24}}?\b{_ILLS}\b"
        rf"|\b{_ILLS}\b[ -](?:cure|remedy|relief|treatment|free in)\b|\b(?:miracle|instant|natural|wonder) cures?\b"
        r"|\bmiracle (?:pill|drug|tea|cream|weight)\b|\banti-?cancer\b|\bcure-?all\b"
        r"|治愈|根治|治疗|疗效|药到病除|包治|防癌|抗癌|降(?:血压|血糖|血脂|三高)|消炎|祛(?:病|斑|痘|湿)|神效|特效|秘方|根除"
        r"|(?:缓解|告别|改善|远离)(?:疼痛|失眠|脱发|关节痛|高血压|糖尿病|颈椎病|抑郁|便秘)",
        "weight_loss": rf"\b(?:lose|drop|shed|losing|burn|melt)\b[\w ,'-]{{0,16}}?\b{_WEIGHT}|\b{_WEIGHT} (?:lighter|less|gone|down)\b"
        rf"|\b(?:lose|drop|shed) (?:up to )?{_WEIGHT}? ?(?:in|within) {_TIME}"
        r"|\b(?:lose|drop|shed) (?:the |your |belly )?(?:weight|fat|inches)\b|\b(?:burns?|melts?) (?:belly |body |away )?fat\b"
        r"|\bslim (?:down )?(?:fast|in \d)|\bfat[ -]burn\w+|\bdetox\w*"
        r"|减肥|瘦(?:身|\s?\d+|[一二三四五六七八九十]+)|燃脂|甩(?:肉|掉)|[\d一二三四五六七八九十]+天瘦|排毒|月瘦",
        "clinical": r"\bclinical(?:ly)? (?:proven|tested|trials?|shown)\b|\bscientifically proven\b|\bmedically (?:proven|approved)\b"
        r"|\b(?:doctor|dermatologist|physician|pharmacist|dentist)s?[ -](?:recommended|approved|tested|recommend)\b|\bfda[ -]approved\b"
        r"|临床(?:证明|验证|试验)|(?:医生|专家|药师|牙医)推荐|科学证明|医学(?:证明|认证)",
        "ageing": r"\b(?:reverses?|stops?|undo(?:es)?) (?:the )?(?:signs of )?(?:age?ing|greying|hair loss)\b"
        r"|\blook \d+ years younger\b|\bregrows? hair\b|\bboosts? (?:your )?immun\w+|\bgrow taller\b"
        r"|年轻\s?[\d一二三四五六七八九十]+岁|逆转(?:衰老|年龄)|返老还童|增强免疫力|提高免疫力|延年益寿|增高|丰胸|壮阳|生发",
    },
    r"\bcured (?:ham|meat|bacon|salmon|olives)\b",
)

RULE: Rule = Rule(
    "claims.cures",
    "every claim about health or weight rests on a fact that says where it is proven",
    claims_look(lambda: RULE, find, needs_proof=True),
    claims_say("a claim about health", "leave it out, or add the fact with its proof"),
)
