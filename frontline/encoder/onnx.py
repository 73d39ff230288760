"""One way to open an ONNX file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from frontline.core.errors import EngineError

# The kernel that adds and normalises in one takes eight times as long on a processor as one that only normalises.
SLOWER = "SkipLayerNormFusion"


def open_session(model: Path) -> Any:
    """Open ``model`` for runs of one thread each: that costs least CPU, and bulk work runs side by side instead.

    Raises:
        EngineError: the file is missing or damaged.
    """
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    onnxruntime.set_default_logger_severity(3)
    damages = (state.Fail, state.InvalidGraph, state.InvalidProtobuf, state.NoSuchFile, state.RuntimeException)
    try:
        return onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"], disabled_optimizers=[SLOWER]
        )
    except damages as error:
        raise EngineError(f"{model.name} cannot be read.", permanent=True) from error
