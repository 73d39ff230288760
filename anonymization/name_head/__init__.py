"""The trained finder of people, places and organisations; see MODEL_CARD.md."""
