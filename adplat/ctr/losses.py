"""Losses over the entire space of impressions.

With a conversion label the network is trained on pCTR and on pCTCVR = pCTR · pCVR over *all* impressions
(ESMM, Ma et al. 2018), so the conversion head learns where it will be used, not only on clicked rows. Where
conversions come late, each row says by three numbers what it can know of its own (``delayed_feedback``).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def entire_space_loss(
    logits: Tensor, labels: Tensor, weights: Tensor | None = None, conversion: Tensor | None = None
) -> Tensor:
    """Mean log loss of the click, plus that of click-and-conversion where ``H`` = 2. Shapes (N, H).

    ``weights`` (N,) say how many rows each row stands for; the mean is over rows stood for. ``conversion`` (N, 3)
    holds label, weight and exposure of the conversion (``ConversionTargets.stacked``); without it the conversion
    labels are taken as they are. Labels need not lie in [0, 1].
    """
    share = torch.full_like(labels[:, 0], 1.0 / len(labels)) if weights is None else weights / weights.sum()
    click = functional.binary_cross_entropy_with_logits(logits[:, 0], labels[:, 0], weight=share, reduction="sum")
    if logits.shape[1] == 1:
        return click
    # log(pCTR · pCVR) as a sum of log-sigmoids; log(1 - product) through expm1 keeps small rates exact.
    both = functional.logsigmoid(logits[:, 0]) + functional.logsigmoid(logits[:, 1])
    label = labels[:, 1]
    if conversion is not None:
        label, share = conversion[:, 0], share * conversion[:, 1]
        both = both + torch.log(conversion[:, 2])
    neither = torch.log((-torch.expm1(both)).clamp(min=1e-12))
    converted = labels[:, 0] * label
    return click - ((converted * both + (1.0 - converted) * neither) * share).sum()
