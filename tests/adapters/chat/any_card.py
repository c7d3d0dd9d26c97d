"""Any card at all, for hypothesis: texts of every script and of what a platform might obey, and far too many."""

from collections.abc import Iterable
from typing import Final, TypeVar

from hypothesis import strategies as st

from adapters.chat.port import Bar, Button, Card, Posted

_T = TypeVar("_T")

_SCRIPTS: Final = 'Aé ¿ß学한ไทयहمرحבא𝒜🏴‍☠️👩‍👩‍👧\u200b\u202e\n\t`*_~|<>@#[]()\\"-&'


def any_card(obeyed: Iterable[str], about: Posted) -> st.SearchStrategy[Card]:
    """Cards with texts in which stands what a platform might have `obeyed`; some are about a message."""
    signs = st.sampled_from([*_SCRIPTS, *obeyed, "```", "\ud800"])
    texts = st.lists(signs, max_size=8).map("".join) | st.text(max_size=12)
    long = st.tuples(texts, st.sampled_from((1, 1, 1, 10, 300))).map(lambda pair: pair[0] * pair[1])
    bars = st.builds(Bar, label=long, value=st.none() | st.floats(-1, 1), note=long)
    buttons = st.builds(
        Button,
        label=texts,
        command=texts,
        arguments=st.dictionaries(texts, long | st.integers(), max_size=2),
        dangerous=st.booleans(),
    )
    return st.builds(
        Card,
        title=long,
        sentence=long,
        fields=_repeated(st.tuples(long, long)),
        bars=_repeated(bars),
        lines=_repeated(long),
        footer=long,
        quiet=st.booleans(),
        buttons=_repeated(buttons),
        about=st.none() | st.just(about),
        tone=st.sampled_from(("plain", "warning", "alarm")),
    )


def _repeated(things: st.SearchStrategy[_T]) -> st.SearchStrategy[tuple[_T, ...]]:
    """None, a few, or more than any platform takes."""
    few = st.lists(things, max_size=3).map(tuple)
    return st.tuples(few, st.sampled_from((1, 1, 20))).map(lambda pair: pair[0] * pair[1])
