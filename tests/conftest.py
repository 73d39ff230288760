"""What several lanes share: the exported text model, made once a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontline.core.ports import TextEncoder


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> TextEncoder:
    """The real MiniLM, exported to int8 once."""
    from frontline.encoder import open_encoder

    return open_encoder(tmp_path_factory.mktemp("text-model"))


@pytest.fixture(scope="session")
def public_data() -> Path:
    """The folder of public data beside the repository; tests that need it skip where it is absent."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the public data folder is not beside the repository")
    return folder
