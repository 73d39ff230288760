"""The assistant: a chain of langchain Runnables (route -> plan -> execute -> word) that runs in every ``ask``."""
