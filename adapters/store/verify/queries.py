"""What the check asks: whole tables in order, where the queries of the store look for single rows."""

from typing import Final

ANY_LINK: Final = "select workspace from links limit 1"
"""Whether there is a chain."""

CHAINED: Final = """
select workspace from links
union
select workspace from turns
union
select workspace from operations
order by workspace
"""
"""Every workspace of which anything is recorded."""

LINKS: Final = "select * from links where workspace = :workspace order by height"
"""A workspace's chain."""

LINK: Final = "select mark from links where workspace = :workspace and height = :height"
"""One link."""

BASE: Final = """
select links.height as height, operations.kind as kind, operations.detail as detail, operations.at as at
from links left join operations on links.kind = 'operation' and operations.id = links.subject
where links.workspace = :workspace order by links.height limit 1
"""
"""The oldest link, and the operation that it may stand for."""

TURN: Final = """
select
    turns.*,
    events.message_id as asked_id,
    events.at as asked_at,
    events.place as asked_in,
    events.author as author,
    events.speaker as speaker,
    events.salt as salt,
    events.gone as gone,
    events.outcome as became,
    events.reason as reason
from turns left join events on events.workspace = turns.workspace and events.id = turns.event
where turns.id = :id
"""
"""A turn with its event; what is missing of that is null."""

ERASED: Final = "select count(*) as events from events where workspace = :workspace and gone = 'erased'"
"""How many messages are said to be erased."""

OPERATION: Final = "select * from operations where id = :id"
"""One operation."""

LINKED: Final = """
select
    count(*) as turn,
    count(case when delivery = 'delivered' then 1 end) as delivery,
    count(case when fate = 'hole' then 1 end) as hole,
    count(ledger) as ledger,
    (select count(*) from operations where workspace = :workspace) as operation
from turns where workspace = :workspace
"""
"""How much of each kind has to have a link."""

WITHOUT_LINK: Final = """
select id, scope, number from (
    select id, scope, number, 'turn' as kind from turns where workspace = :workspace
    union all
    select id, scope, number, 'delivery' from turns where workspace = :workspace and delivery = 'delivered'
    union all
    select id, scope, number, 'hole' from turns where workspace = :workspace and fate = 'hole'
    union all
    select id, scope, number, 'ledger' from turns where workspace = :workspace and ledger is not null
    union all
    select id, scope, number, 'operation' from operations where workspace = :workspace
) as recorded
where kind = :kind and id not in (select subject from links where workspace = :workspace and kind = :kind)
order by scope, number, id
"""
"""What has no link of this kind."""

WITHOUT_EVENT: Final = """
select workspace, event, part from texts
where not exists (select id from events where events.workspace = texts.workspace and events.id = texts.event)
order by workspace, event, part
"""
"""Texts that belong to no message."""

PROFILES: Final = "select * from profiles order by digest"
"""All profiles."""

WITHOUT_PROFILE: Final = """
select id, workspace, scope, number, digest from turns
where digest not in (select digest from profiles) order by position, id
"""
"""Turns whose profile is not there."""

SCOPES: Final = """
select id from scopes
union
select scope from turns where number is not null
union
select scope from operations where scope is not null
union
select scope from memories
order by id
"""
"""Every scope of which anything is recorded."""

NUMBERED_TURNS: Final = """
select turns.*, profiles.body as profile
from turns left join profiles on profiles.digest = turns.digest
where turns.scope = :scope and turns.number is not null order by turns.number
"""
"""A scope's turns by number."""

NUMBERED_OPERATIONS: Final = "select * from operations where scope = :scope and number is not null order by number"
"""A scope's operator events by number."""

MEMORIES: Final = "select number, state from memories where scope = :scope order by number"
"""A scope's memory after each number."""
