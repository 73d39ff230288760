"""The machine's configuration, from ``FRONTLINE_*`` (or ``FRONTLINE_*_FILE`` for secrets kept in files)."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from frontline.core.errors import UsageError

SECRETS = ("slack_bot_token", "slack_app_token", "slack_signing_secret", "vault_key", "intake_secret", "model_key")
MODEL_STEPS = ("plan", "word", "investigate", "cite")


class Settings(BaseSettings):
    """Tokens, URLs and paths. Read here alone and handed on by ``wiring``."""

    model_config = SettingsConfigDict(env_prefix="FRONTLINE_", extra="ignore")

    home: Path = Path("var")
    state_url: str = ""
    catalog: Path | None = None
    admins: Annotated[tuple[str, ...], NoDecode] = ()
    slack_bot_token: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_api_url: str = "https://slack.com/api/"
    vault_key: SecretStr = SecretStr("")
    http_host: str = "127.0.0.1"
    http_port: int = 8766
    # POST /in/<table> is off while there is no secret; the port is used where Slack comes by Socket Mode.
    intake_secret: SecretStr = SecretStr("")
    intake_host: str = "127.0.0.1"
    intake_port: int = Field(default=8767, ge=0, le=65535)
    intake_every_s: int = Field(default=120, ge=1)
    inbox_every_s: int = Field(default=300, ge=10)
    pull_every_s: int = Field(default=900, ge=10)
    workers: int = Field(default=8, ge=1, le=64)
    ner: str = "embedded"
    # Of a Chroma server, http://host:port; "" = the index lies in the home folder.
    chroma_url: str = ""
    heartbeat_url: str = ""
    # A language model, ``provider:model``; "" or "off" = none, and nothing of it is imported (docs/operations.md).
    model: str = ""
    model_url: str = ""
    model_key: SecretStr = SecretStr("")
    model_may: Annotated[tuple[str, ...], NoDecode] = ("plan",)
    model_timeout_s: float = Field(default=6.0, gt=0, le=60)
    model_calls_per_hour: int = Field(default=120, ge=1, le=100_000)

    @field_validator("model")
    @classmethod
    def _known_form(cls, value: str) -> str:
        name = value.strip()
        if name.lower() in ("", "off", "none"):
            return ""
        if not re.fullmatch(r"[a-z_]+:[A-Za-z0-9][\w.:/-]{0,80}", name):
            raise ValueError("write provider:model, for example openai:gpt-5-mini, or off")
        return name

    @field_validator("model_may", mode="before")
    @classmethod
    def _steps(cls, value: object) -> object:
        steps = tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
        if isinstance(steps, tuple) and not set(steps) <= set(MODEL_STEPS):
            raise ValueError(f"the steps are {', '.join(MODEL_STEPS)}")
        return steps

    @field_validator("admins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().lstrip("@") for part in value.split(",") if part.strip())
        return value


def read_settings() -> Settings:
    """Return the settings.

    Raises:
        UsageError: a variable has a value that cannot be used, named in one sentence.
    """
    from_files: dict[str, str] = {}
    for name in SECRETS:
        if path := os.environ.get(f"FRONTLINE_{name.upper()}_FILE"):
            try:
                from_files[name] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise UsageError(
                    f"FRONTLINE_{name.upper()}_FILE cannot be read ({error.strerror}).",
                    next_step="Point it at a readable file.",
                ) from None
    try:
        return Settings(**from_files)  # type: ignore[arg-type]  # pydantic turns the strings into secrets
    except ValidationError as error:
        first = error.errors()[0]
        name = "FRONTLINE_" + str(first["loc"][0]).upper()
        raise UsageError(f"{name} cannot be used: {first['msg']}.", next_step="Correct it and start again.") from None


def read_address(name: str) -> str:
    """Return the database address in the environment variable ``name``, which feeds.yaml names; "" when unset."""
    return os.environ.get(name, "")
