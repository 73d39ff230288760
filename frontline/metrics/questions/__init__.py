"""Words to typed queries, by rules alone."""

from frontline.metrics.questions.parsed import Parsed, Reading
from frontline.metrics.questions.parser import QuestionParser

__all__ = ["Parsed", "QuestionParser", "Reading"]
