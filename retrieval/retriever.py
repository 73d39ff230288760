"""The corpus search as a langchain retriever: the same permissions, the same hits."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from frontline.core.actor import Actor
from frontline.core.text import QuestionText
from retrieval.corpus import Corpus


class CorpusRetriever(BaseRetriever):
    """``invoke(query)`` returns langchain documents; ``metadata["hit"]`` is the corpus's own result."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    corpus: Corpus
    actor: Actor
    options: dict[str, Any] = Field(default_factory=dict)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        hits = self.corpus.search(self.actor, QuestionText(query), **self.options)
        return [
            Document(
                id=hit.id,
                page_content=hit.text.show(),
                metadata={"hit": hit, "score": hit.score, "kind": hit.kind, "citation": hit.citation},
            )
            for hit in hits
        ]
