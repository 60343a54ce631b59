"""Where words and product stand on each canvas: templates, sizes, and stacks of words that fit."""

from adplat.generation.layouts.arranging import Laid, lay_out
from adplat.generation.layouts.parts import Words, words_of
from adplat.generation.layouts.sizes import SIZES, Aspect, aspect_of
from adplat.generation.layouts.templates import TEMPLATES

__all__ = ["SIZES", "TEMPLATES", "Aspect", "Laid", "Words", "aspect_of", "lay_out", "words_of"]
