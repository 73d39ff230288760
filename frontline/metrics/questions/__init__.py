"""Words to typed queries, by rules alone."""

from frontline.metrics.questions.parser import Parsed, QuestionParser, Reading

__all__ = ["Parsed", "QuestionParser", "Reading"]
