"""What is said to have gone is held against what was recorded of its going: a hand alone lets go of nothing unseen."""

from pathlib import Path

import pytest

from adapters.store.sqlite import open_store
from safi.record import Reset, fold
from tests.adapters.store.living import Life, changed, proof
from tests.adapters.store.making import at

BY_HAND = (
    "delete from texts where event = '{event}'",
    "update events set gone = '{why}', author = '', speaker = 'someone', salt = null where id = '{event}'",
)
"""How words are let go of, by somebody who knows how the store does it."""

NAMELESS = "update operations set actor = '', salt = null where id = (select id from operations where actor = '{name}')"
"""How the name of whoever did something is let go of, once."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def let_go(path: Path, event: str, why: str) -> None:
    """Let words go by hand."""
    changed(path, *(statement.format(event=event, why=why) for statement in BY_HAND))


async def problems(path: Path) -> list[str]:
    """What the check finds."""
    return [finding.problem for finding in (await proof(path)).findings]


async def hold(life: Life, *, held: bool) -> None:
    """Begin or end a legal hold."""
    await life.store.hold(held=held, actor="mod", step=fold, at=at(life.minute))


async def old(path: Path) -> None:
    """A store with two checkpoints, behind the first of which everything went."""
    async with open_store(path) as store:
        life = Life(store)
        await life.lived(1)
        await life.checkpoint()
        life.minute += 1
        await life.expired(texts=-1, ledgers=life.minute, checkpoint=-1)
        await life.lived(2)
        await life.checkpoint()


CUT = (
    "create table base as select max(links.height) as height from links join operations on id = subject "
    "where operations.kind = 'checkpoint'",
    "delete from operations where id in (select subject from links where height < (select height from base))",
    "delete from turns where id in (select subject from links where height < (select height from base))",
    "delete from links where height < (select height from base)",
    "delete from memories where number < (select folded from scopes where id = scope)",
    "drop table base",
)
"""How all that lies below the newest checkpoint is let go of."""


@pytest.mark.parametrize("already", [False, True], ids=["a whole chain", "a chain that was let go of before"])
async def test_a_beginning_that_was_cut_off_below_a_checkpoint_is_found(path: Path, already: bool) -> None:
    if already:
        await old(path)
    else:
        async with open_store(path) as store:
            life = Life(store)
            await life.lived(1)
            await life.done(Reset())
            await life.checkpoint()
    assert await problems(path) == []
    changed(path, *CUT)
    (found,) = (await proof(path)).findings
    assert (found.problem, found.workspace, found.height) == (
        "not dropped",
        "home",
        (await proof(path)).heads[0].height,
    )


async def test_that_something_was_let_go_of_earlier_does_not_excuse_a_chain_that_was_cut_behind_it(path: Path) -> None:
    async with open_store(path) as store:
        life = Life(store)
        for number in (1, 2):
            await life.lived(number)
            await life.checkpoint()
        await life.expired(texts=-1, ledgers=life.minute, checkpoint=-1)  # the second one is not old yet
    assert await problems(path) == []
    changed(path, *CUT)
    assert await problems(path) == ["not dropped"]


async def test_a_profile_in_force_that_only_a_checkpoint_knows_is_checked(path: Path) -> None:
    await old(path)
    async with open_store(path) as store:
        life = Life(store, minute=60)
        await life.expired(texts=-1, ledgers=60, checkpoint=-1)
    assert await problems(path) == []
    changed(path, "update scopes set digest = 'none'")
    assert await problems(path) == ["counted"]


async def test_more_that_is_said_to_be_erased_than_was_is_found(path: Path) -> None:
    async with open_store(path) as store:
        life = Life(store)
        await life.lived(1, author="Bob")
        await life.lived(2)
        await life.lived(3)
        await store.erase("Bob", workspace="home", actor="mod", step=fold, at=at(life.minute))
    assert await problems(path) == []
    let_go(path, "event-2", "erased")
    (found,) = (await proof(path)).findings
    assert (found.problem, found.workspace, found.detail) == ("not erased", "home", "2, not 1")


async def test_what_came_under_a_hold_that_is_on_cannot_have_expired(path: Path) -> None:
    async with open_store(path) as store:
        life = Life(store)
        await life.lived(1)
        await hold(life, held=True)
        await life.lived(2)
    let_go(path, "event-1", "expired")
    assert await problems(path) == []
    let_go(path, "event-2", "expired")
    (found,) = (await proof(path)).findings
    assert (found.problem, found.kind, found.subject) == ("held", "turn", "turn-2")


async def test_what_came_under_a_hold_can_expire_once_that_is_over(path: Path) -> None:
    async with open_store(path) as store:
        life = Life(store)
        await life.lived(1)
        await hold(life, held=True)
        await life.lived(2)
        await hold(life, held=False)
        await life.expired(texts=life.minute + 1, ledgers=-1)
    found = await proof(path)
    assert (found.findings, found.checked.gone) == ((), 2)


async def test_what_had_expired_before_its_turn_was_linked_under_a_hold_is_as_it_should_be(path: Path) -> None:
    async with open_store(path) as store:
        life = Life(store)
        await life.lived(1)
        asked = await life.asked(2)
        await life.expired(texts=life.minute + 1, ledgers=-1)
        await hold(life, held=True)
        await life.answered(asked)
    assert await problems(path) == []


async def test_an_erasure_excuses_no_more_names_than_it_took(path: Path) -> None:
    async with open_store(path) as store:
        life = Life(store)
        await life.lived(1)
        for actor in ("Bob", "Cy", "Cy"):
            await life.done(Reset(), actor=actor)
        await store.erase("Bob", workspace="home", actor="mod", step=fold, at=at(life.minute))
    assert await problems(path) == []
    changed(path, NAMELESS.format(name="Cy"))
    assert await problems(path) == ["no actor"]


async def test_a_hold_that_no_link_knows_of_is_found(path: Path) -> None:
    async with open_store(path) as store:
        await Life(store).lived(1)
    changed(path, "insert into holds values (1)")
    (found,) = (await proof(path)).findings
    assert (found.problem, found.workspace, found.detail) == ("hold", "home", "none")
