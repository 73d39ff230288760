"""The anonymization gate: nothing personal reaches the index, a trainer, a log or a model."""
