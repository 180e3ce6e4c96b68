"""What this machine's processor can do fast.

Out:  whether bfloat16 and compiled networks are worth a timed trial here.
"""

import shutil

import torch


def has_bfloat16() -> bool:
    """Tell whether bfloat16 runs in hardware: AMX or AVX-512 BF16 on a processor, any recent accelerator."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    supported = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None)
    return bool(supported()) if supported is not None else False


def has_compiler() -> bool:
    """Tell whether torch can compile networks here: it needs a C++ compiler on a processor."""
    return torch.cuda.is_available() or any(shutil.which(name) for name in ("g++", "clang++", "cl"))
