"""The corpus of anonymized text: add, search, rebuild. The only home of chromadb."""
