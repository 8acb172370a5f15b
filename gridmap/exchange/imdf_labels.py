"""Labels of IMDF: an object of language -> text."""

from collections.abc import Iterable, Mapping
from typing import cast


def label_of(value: object) -> str:
    """Return the Chinese text of a label (an object of language -> text), else the English one, else any."""
    if not isinstance(value, dict):
        return text_of(value)
    labels = {str(language): text_of(words) for language, words in cast("Mapping[object, object]", value).items()}
    return next((labels[name] for name in _by_liking(labels) if labels[name]), "")


def _by_liking(languages: Iterable[str]) -> list[str]:
    return sorted(languages, key=lambda name: (not name.startswith("zh"), not name.startswith("en")))


def text_of(value: object) -> str:
    """Return a text without spaces around it, '' for anything else."""
    return value.strip() if isinstance(value, str) else ""
