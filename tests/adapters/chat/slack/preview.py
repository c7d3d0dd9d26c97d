"""A page with about what Slack makes of blocks, to be looked at: `python -m tests.adapters.chat.slack.preview FILE`.

It draws by what Slack's documentation says and by eye. Nothing depends on it.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any, Final

from adapters.chat.orders import Order
from adapters.chat.port import Card, Command, Invocation, Option
from adapters.chat.slack import buttons, drawing, forms
from adapters.chat.slack.home import Stand, home
from adapters.chat.slack.text import spoken
from tests.adapters.chat.slack.every_card import ADDRESS, PLACE, every_card, extremes

STYLE: Final = """
body { margin: 24px; background: #f4f2f4; font: 15px/22px Lato, "Noto Sans", sans-serif; color: #1d1c1d }
h2 { font: 12px monospace; color: #888; margin: 20px 0 4px } main { columns: 2 620px; column-gap: 24px }
article { break-inside: avoid; background: #fff; border-radius: 6px; padding: 8px 20px; margin-bottom: 4px }
b.name { font-weight: 900 } .block { margin: 6px 0; white-space: pre-wrap; overflow-wrap: anywhere }
.header { font-size: 18px; font-weight: 900 } .context { font-size: 12px; line-height: 18px; color: #616061 }
code { font: 12px/18px Menlo, Consolas, "DejaVu Sans Mono", monospace; color: #c01343; background: #f6f6f6;
  border: 1px solid #ddd; border-radius: 3px; padding: 2px 3px 1px }
.button { display: inline-block; border: 1px solid #bbb; border-radius: 8px; padding: 2px 12px; margin: 2px 8px 2px 0;
  font-size: 13px; font-weight: 700 } .danger { color: #e01e5a; border-color: #e01e5a } .select { min-width: 160px }
.modal { border: 1px solid #bbb; border-radius: 8px; max-width: 520px } .entry { border: 1px solid #bbb; height: 34px;
  border-radius: 4px } .entry.long { height: 80px } hr { border: 0; border-top: 1px solid #ddd }
.text { background: #fffbe6; white-space: pre-wrap; font-size: 12px; line-height: 16px; color: #616061 }
"""

MARKDOWN: Final = """# Hinges

Oil them **twice a year**, as [here](https://example.org):

1. wipe
2. one drop

```python
print('<!channel>')
```

| a | b |
|---|---|
| 1 | 2 |
"""


def page() -> str:
    """The page."""
    parts = [*map(_card, every_card().items()), *map(_card, extremes().items()), *_others()]
    return f"<!doctype html><meta charset=utf-8><title>Slack</title><style>{STYLE}</style><main>{''.join(parts)}</main>"


def _card(named: tuple[str, Card]) -> str:
    drawn = drawing.drawn(named[1], address=ADDRESS)
    return _message(named[0], drawn.blocks, drawn.text)


def _others() -> Iterator[str]:
    answer = {"type": "markdown", "text": spoken(MARKDOWN)}
    yield _message("an answer, whose Markdown Slack sets", [answer, buttons.rating_block()], "")
    yield _message("a rating", drawing.told("Noted: 👍. Thank you.", *buttons.rated_blocks("1.2")).blocks, "")
    yield _message(
        "the picker", buttons.picker(_commands(), "There is no command /safi stauts. Did you mean status?"), ""
    )
    report, cards = _commands()[0], every_card()
    yield _view("a form", forms.form(report, Order(command="report", target="1.2", place=PLACE)))
    yield _view("waiting", forms.waiting(forms.title(report)))
    thanks = drawing.drawn(cards["reports.thanks"], address=ADDRESS)
    yield _view("its answer", forms.shown(forms.title(report), thanks))
    told = [cards["places.about"], cards["personas.declared"]]
    yield _view("home of a member", home(told, address=ADDRESS, moderator=False))
    stand = Stand(place=PLACE, card=cards["places.status"])
    yield _view("home of a moderator", home(told, address=ADDRESS, moderator=True, stand=stand))


def _commands() -> tuple[Command, ...]:
    async def run(_: Invocation) -> Card:
        raise NotImplementedError

    reason = Option(name="reason", summary="what is wrong with it", long=True)
    name = Option(name="name", summary="a persona's name", required=True, choices=lambda: ("ada", "bob"))
    summary = "Tell the moderators that a reply is not right"
    return (
        Command(
            name="report",
            summary=summary,
            audience="everyone",
            run=run,
            options=(reason, name),
            menu="Report this reply",
            form=("reason",),
        ),
        Command(name="status", summary="How this place stands", audience="moderators", run=run),
    )


def _message(name: str, blocks: Iterable[Any], text: str) -> str:
    told = f'<div class="block text">{escape(text)}</div>' if text else ""
    return f"<h2>{escape(name)}</h2><article><b class=name>SAFi</b>{''.join(map(_block, blocks))}{told}</article>"


def _view(name: str, view: Any) -> str:
    title = view.get("title", {"text": "SAFi – Home"})["text"]
    ends = "".join(_button(view[key]["text"]) for key in ("close", "submit") if key in view)
    inner = f"<b class=name>{escape(title)}</b>{''.join(map(_block, view['blocks']))}{ends}"
    return f"<h2>{escape(name)}</h2><article class={view['type']}>{inner}</article>"


def _block(block: Any) -> str:
    kind = block["type"]
    return f'<div class="block {kind}" dir=auto>{DRAWN[kind](block)}</div>'


def _rich(block: Any) -> str:
    return "".join(f"<div>{''.join(map(_run, section['elements']))}</div>" for section in block["elements"])


def _run(run: Any) -> str:
    tag = next((tag for style, tag in (("code", "code"), ("bold", "b")) if run.get("style", {}).get(style)), "span")
    return f"<{tag}>{escape(run['text'])}</{tag}>"


def _element(element: Any) -> str:
    match element["type"]:
        case "button":
            return _button(element["text"]["text"], element.get("style", ""))
        case "feedback_buttons":
            return "👍  👎"
        case "plain_text_input":
            return f'<div class="entry {"long" if element["multiline"] else ""}"></div>'
        case _:
            options = [
                option for group in element.get("option_groups", [element]) for option in group.get("options", [])
            ]
            listed = "".join(f"<div class=context>{escape(option['text']['text'])}</div>" for option in options)
            chosen = element.get("initial_conversation") or element.get("placeholder", {}).get("text", "Select…")
            return f"{_button(f'{chosen}  ▾', 'select')}{listed}"


def _button(name: str, style: str = "") -> str:
    return f'<span class="button {style}">{escape(name)}</span>'


def _input(block: Any) -> str:
    optional = " (optional)" if block["optional"] else ""
    hint = f"<div class=context>{escape(block['hint']['text'])}</div>"
    return f"<b>{escape(block['label']['text'])}</b>{optional}{_element(block['element'])}{hint}"


DRAWN: Final[Mapping[str, Callable[[Any], str]]] = {
    "header": lambda block: escape(block["text"]["text"]),
    "rich_text": _rich,
    "context": lambda block: "".join(f"<span>{escape(element['text'])}</span>" for element in block["elements"]),
    "actions": lambda block: "".join(map(_element, block["elements"])),
    "context_actions": lambda block: "".join(map(_element, block["elements"])),
    "section": lambda block: f"{escape(block['text']['text'])} {_element(block['accessory'])}",
    "markdown": lambda block: escape(block["text"]),
    "divider": lambda block: "<hr>",
    "input": _input,
}

if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
