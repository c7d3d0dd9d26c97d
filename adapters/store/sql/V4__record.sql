-- The record: every turn, delivery, ledger, hole and operation is a link of its workspace's chain. A link bears a keyed mark
-- over what it stands for, as that lies in its own row, and over the link before it. The key lies outside the store.

create table links (
    workspace text not null,
    height bigint not null, -- from 1 without gaps; the oldest that is kept is the first or a checkpoint's
    kind text not null check (kind in ('turn', 'delivery', 'ledger', 'hole', 'operation')),
    subject text not null, -- the id of the turn or the operation
    sealed text not null, -- JSON: by part, the salted hash of each text that came with it; stays when the text goes
    mark text not null,
    primary key (workspace, height)
);

-- Where an operation lies in its chain.
create index links_of_operations on links (workspace, subject) where kind = 'operation';

create table chain_keys (
    fingerprint text primary key -- tells a wrong key from a broken chain
);

-- What was done to the record, and by whom.
create table operations (
    id text primary key,
    workspace text not null,
    scope text, -- null for what touches no memory
    number bigint, -- likewise
    kind text not null check (kind in (
        'reset', 'freeze', 'thaw', 'baseline', 'restore', 'profile', 'checkpoint', 'drop', 'erase', 'hold', 'release',
        'replace'
    )),
    detail text not null, -- JSON
    actor text not null, -- empty once that person was erased
    salt text, -- of the actor's hash
    at bigint not null,
    unique (scope, number)
);

create index operations_of_kind on operations (workspace, kind, at);

-- Memory as it stood after each number.
create table memories (
    scope text not null references scopes (id),
    number bigint not null,
    state text not null, -- JSON
    primary key (scope, number)
);

insert into memories (scope, number, state) select id, folded, state from scopes where state is not null;
alter table scopes drop column state;
alter table scopes add column workspace text;
alter table scopes add column digest text; -- of the profile in force at the last number given
update scopes set
    workspace = (select turns.workspace from turns where turns.scope = scopes.id limit 1),
    digest = (select turns.digest from turns where turns.scope = scopes.id and number is not null order by number desc limit 1);

alter table texts add column salt text;
alter table events add column salt text; -- of the hash of who said it
alter table events add column gone text check (gone in ('expired', 'erased')); -- why its texts are no longer kept

create index events_kept on events (at) where gone is null;

-- Events that got no turn, for when they are old.
create index events_without_turn on events (at) where outcome in ('ignored', 'limited', 'failed');

-- A legal hold lasts as long as there is a row.
create table holds (since bigint primary key);

-- Erasures that wait for the end of a hold; a workspace of '' is all of them.
create table erasures (
    workspace text not null,
    author text not null,
    at bigint not null,
    primary key (workspace, author)
);

-- Made anew: with events.gone, and without the profile's text, which every look at a turn would read.
drop view records;

create view records as
select
    turns.*,
    events.message_id as asked_id,
    events.author as author,
    events.speaker as speaker,
    events.at as asked_at,
    events.gone as gone
from turns
join events on events.workspace = turns.workspace and events.id = turns.event;

-- A turn as the people of its place saw it, as far as its words are kept.
create view exchanges as
select
    turns.id as id,
    turns.place as place,
    turns.position as position,
    turns.delivery as delivery,
    turns.outcome as outcome,
    turns.detail as detail,
    turns.digest as digest,
    events.speaker as speaker,
    asked.body as message,
    drafted.body as draft
from turns
join events on events.workspace = turns.workspace and events.id = turns.event
left join texts as asked on asked.workspace = turns.workspace and asked.event = turns.event and asked.part = 'message'
left join texts as drafted on drafted.workspace = turns.workspace and drafted.event = turns.event and drafted.part = 'draft';
