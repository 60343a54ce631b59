"""The painter that runs an image model through diffusers: by hub id or local folder, to inpaint or from words alone.

Inpainting is the rule: the product stands in the picture while the model paints round it, so that light and floor fit.
What the model makes of the product itself is not used: the composer pastes the product's own pixels back. Here it is
only looked at, to take the model's drift of colour off the ground, and to refuse a painting in which the product grew.
"""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from adplat.artwork import MOST_GROWN, grown_share, rgb_of
from adplat.domain import ConfigRejected, MissingInput
from adplat.domain.drafts import Making, PaintOrder
from adplat.generation.composite import matched_ground
from adplat.generation.grounds.licences import licence_of
from adplat.generation.grounds.procedural import ProceduralPainter
from adplat.generation.grounds.prompts import NEVER, SETTINGS, prompt_for
from adplat.generation.grounds.scenes import SCENES

TASKS = ("inpaint", "text-to-image")


@dataclass(frozen=True, slots=True)
class DiffusionSettings:
    """Which model paints, and how.

    Args:
        model: hub id, or a folder written by ``save_pretrained``.
        revision: a commit of the hub, so that the same weights come again; empty for the newest.
        licence, commercial_use: needed for models that are not known (see ``licence_of``).
        task: ``inpaint`` or ``text-to-image`` (for models that cannot inpaint: the product is only pasted on).
        scheduler: name of a class in diffusers, with the model's own settings; empty for the model's own.
        lora: hub id or file of a LoRA that is laid over; its licence is the operator's to check.
        guidance: how strictly the words are followed; ``None`` for the pipeline's default, 0 for distilled models.
        strength: how much of the first picture the model may change, 0 to 1.
        work_px: the longer side while painting; models are best near what they were trained at.
        tries: paintings, each with the next seed, before a model is given up on because the product grows.
        local_only: never ask the hub, take what is on disk.
    """

    model: str
    revision: str = ""
    licence: str = ""
    commercial_use: bool | None = None
    task: str = "inpaint"
    scheduler: str = ""
    lora: str = ""
    lora_scale: float = 1.0
    steps: int = 28
    guidance: float | None = 6.0
    strength: float = 0.92
    negative_prompt: str = NEVER
    work_px: int = 1024
    tries: int = 3
    device: str = "auto"
    local_only: bool = False

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise ConfigRejected(f"no task {self.task!r}", where="task", hint=f"take one of {', '.join(TASKS)}")
        sound = self.steps >= 1 and self.tries >= 1 and 0 < self.strength <= 1 and self.work_px >= 64
        if not sound:
            raise ConfigRejected(
                "a painter's settings are out of range",
                where="steps, tries, strength, work_px",
                hint="steps and tries from 1, strength above 0 up to 1, work_px from 64",
            )


class DiffusersPainter:
    """Paints with one model, loaded at the first order. The same order, weights and device give the same pixels."""

    def __init__(self, settings: DiffusionSettings) -> None:
        """Raises ConfigRejected where the licence forbids or nothing is known of it."""
        self.settings = settings
        self.licence = licence_of(settings.model, settings.licence, settings.commercial_use)
        self._loaded: tuple[Any, str] | None = None

    @property
    def styles(self) -> tuple[str, ...]:
        return tuple(SETTINGS)

    def paint(self, order: PaintOrder) -> tuple[bytes, Making]:
        """A PNG of the ordered size. Raises ConfigRejected (unknown style, the product grew), MissingInput."""
        if order.style not in SETTINGS:
            hint = f"take one of {', '.join(SETTINGS)}"
            raise ConfigRejected(f"the image model is told no style {order.style!r}", where="style", hint=hint)
        prompt = prompt_for(order.style, order.palette, order.prompt)
        product = Image.open(io.BytesIO(order.product_png)).convert("RGBA") if order.product_png else None
        inpaints = self.settings.task == "inpaint"
        for seed in range(order.seed, order.seed + self.settings.tries):
            painted = self._painted(order, prompt, seed, product if inpaints else None)
            grown = 0.0
            if product is not None and inpaints:
                own = np.asarray(product)
                grown = grown_share(painted, own, order.keep.left, order.keep.top)
                painted = matched_ground(painted, own, order.keep.left, order.keep.top)
            if grown <= MOST_GROWN:
                return _png(Image.fromarray(painted)), self._making(seed, prompt, product)
        raise ConfigRejected(
            f"the image model painted the product larger {self.settings.tries} times (by {grown:.0%} of its area)",
            where=self.settings.model,
            hint="give another seed or style, a lower strength, or the procedural painter",
        )

    def _making(self, seed: int, prompt: str, product: Image.Image | None) -> Making:
        return Making(
            by=f"diffusers {self.settings.task}",
            seed=seed,
            model=self._pipeline()[1],
            licence=self.licence.name,
            prompt=f"{prompt} | not: {self.settings.negative_prompt}",
            wholly_generated=product is None,
        )

    def _painted(self, order: PaintOrder, prompt: str, seed: int, product: Image.Image | None) -> Any:
        """(H, W, 3) bytes of the ordered size."""
        import torch

        pipeline, _weights = self._pipeline()
        frame = _Frame(order.width_px, order.height_px, self.settings.work_px)
        asked: dict[str, Any] = {
            "prompt": prompt,
            "negative_prompt": self.settings.negative_prompt,
            "num_inference_steps": self.settings.steps,
            "guidance_scale": self.settings.guidance,
            "generator": torch.Generator("cpu").manual_seed(seed),
            "width": frame.work[0],
            "height": frame.work[1],
            "strength": self.settings.strength,
        }
        if self.settings.task == "inpaint":
            first, mask = _first_picture(order, product)
            asked["image"] = frame.put(first, Image.Resampling.LANCZOS)
            asked["mask_image"] = frame.put(mask, Image.Resampling.BILINEAR)
        takes = inspect.signature(pipeline.__call__).parameters
        given = {name: value for name, value in asked.items() if name in takes and value is not None}
        with torch.inference_mode():
            picture = pipeline(**given, output_type="pil").images[0]
        return np.array(frame.take(picture.convert("RGB")))

    def _pipeline(self) -> tuple[Any, str]:
        """The pipeline, and what weights it has."""
        if self._loaded is None:
            self._loaded = _load(self.settings)
        return self._loaded


@dataclass(frozen=True, slots=True)
class _Frame:
    """The canvas while it is painted: not flatter than 4 to 1, sides that models take, and back again."""

    width: int
    height: int
    work_px: int

    @property
    def whole(self) -> tuple[int, int]:
        """Width and height of the canvas with what is added to make it less flat."""
        return max(self.width, -(-self.height // 4)), max(self.height, -(-self.width // 4))

    @property
    def work(self) -> tuple[int, int]:
        scale = self.work_px / max(self.whole)
        width, height = (max(round(side * scale / 16) * 16, 16) for side in self.whole)
        return width, height

    @property
    def _corner(self) -> tuple[int, int]:
        return (self.whole[0] - self.width) // 2, (self.whole[1] - self.height) // 2

    def put(self, picture: Image.Image, how: Image.Resampling) -> Image.Image:
        """A picture of the canvas's size, its rim repeated outwards, at working size."""
        left, top = self._corner
        pixels = np.asarray(picture)
        pad = [(top, self.whole[1] - self.height - top), (left, self.whole[0] - self.width - left)]
        padded = np.pad(pixels, [*pad, *[(0, 0)] * (pixels.ndim - 2)], mode="edge")
        return Image.fromarray(padded).resize(self.work, how)

    def take(self, picture: Image.Image) -> Image.Image:
        left, top = self._corner
        whole = picture.resize(self.whole, Image.Resampling.LANCZOS)
        return whole.crop((left, top, left + self.width, top + self.height))


def _first_picture(order: PaintOrder, product: Image.Image | None) -> tuple[Image.Image, Image.Image]:
    """What the model starts from, and where it may paint (255): all but the product, with a soft edge.

    The procedural scene of the same style is a better start than noise or one colour: its light and floor are where
    they belong.
    """
    if order.style in SCENES:
        ground = Image.open(io.BytesIO(ProceduralPainter().paint(order)[0])).convert("RGB")
    else:
        ground = Image.new("RGB", (order.width_px, order.height_px), rgb_of((order.palette or ("#e9eef2",))[0]))
    mask = Image.new("L", ground.size, 255)
    if product is not None:
        alpha = product.getchannel("A")
        ground.paste(product.convert("RGB"), (order.keep.left, order.keep.top), alpha)
        mask.paste(0, (order.keep.left, order.keep.top), alpha)
        mask = mask.filter(ImageFilter.GaussianBlur(2))
    return ground, mask


def _load(settings: DiffusionSettings) -> tuple[Any, str]:
    """Raises MissingInput where packages or weights are not there, ConfigRejected for an unknown scheduler."""
    if importlib.util.find_spec("diffusers") is None:
        raise MissingInput("diffusers is not installed", where="diffusers", hint="install it: pip install diffusers")
    import diffusers
    import torch

    inpaints = settings.task == "inpaint"
    auto: Any = diffusers.AutoPipelineForInpainting if inpaints else diffusers.AutoPipelineForText2Image
    device = settings.device if settings.device != "auto" else ("cuda" if torch.cuda.is_available() else "cpu")
    dtype = torch.bfloat16 if device.startswith("cuda") else torch.float32
    more: dict[str, Any] = {"revision": settings.revision} if settings.revision else {}
    try:
        pipeline = auto.from_pretrained(
            settings.model, torch_dtype=dtype, local_files_only=settings.local_only, use_safetensors=True, **more
        )
    except (OSError, ValueError) as problem:
        raise MissingInput(
            f"the image model cannot be loaded: {str(problem).splitlines()[0][:160]}",
            where=settings.model,
            hint="give a hub id that can be reached, or a folder written by save_pretrained",
        ) from problem
    if settings.scheduler:
        scheduler = getattr(diffusers, settings.scheduler, None)
        if scheduler is None or not hasattr(scheduler, "from_config"):
            raise ConfigRejected(
                f"diffusers has no scheduler {settings.scheduler!r}",
                where="scheduler",
                hint="name a class such as EulerDiscreteScheduler",
            )
        pipeline.scheduler = scheduler.from_config(pipeline.scheduler.config)
    if settings.lora:
        _lay_lora(pipeline, settings)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device), _weights_name(settings)


def _lay_lora(pipeline: Any, settings: DiffusionSettings) -> None:
    if importlib.util.find_spec("peft") is None:
        raise MissingInput("a LoRA needs peft", where="lora", hint="install it: pip install peft")
    pipeline.load_lora_weights(settings.lora, adapter_name="own", local_files_only=settings.local_only)
    pipeline.set_adapters("own", settings.lora_scale)


def _weights_name(settings: DiffusionSettings) -> str:
    """The hub id with its revision, or the folder's name with the hash of its weights; and the LoRA's name."""
    folder = Path(settings.model)
    lora = f" + {settings.lora} x {settings.lora_scale:g}" if settings.lora else ""
    if not folder.is_dir():
        return f"{settings.model}@{settings.revision or 'newest'}{lora}"
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.safetensors")):
        digest.update(str(file.relative_to(folder)).encode())
        with file.open("rb") as open_file:
            digest.update(hashlib.file_digest(open_file, "sha256").digest())
    return f"{folder.name}@sha256:{digest.hexdigest()[:16]}{lora}"


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue()
