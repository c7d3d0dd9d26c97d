-- What a community adds: replies, messages that were deleted, answers of several messages, who answers where, and what
-- members think of answers. No link holds any of it.

alter table events add column replies_to text; -- the platform's id of the message that it replies to
alter table events add column withdrawn bigint; -- when it, or the answer to it, was deleted where it was said

-- A message is looked for by what its platform calls it.
create index events_of_message on events (place, message_id);
create index turns_posted on turns (place, message_id) where message_id is not null;

-- The further messages of an answer that went on after its first one, which stands with the turn.
create table posts (
    place text not null,
    message_id text not null,
    turn text not null references turns (id) on delete cascade,
    primary key (place, message_id)
);

create index posts_of_turn on posts (turn);

create table assignments (
    workspace text not null,
    channel text not null,
    persona text, -- its name; null for the configuration's
    paused bigint not null check (paused in (0, 1)),
    actor text not null, -- empty once that person was erased
    at bigint not null,
    primary key (workspace, channel)
);

create table votes (
    id text primary key,
    turn text not null references turns (id) on delete cascade,
    author text, -- null once that has expired
    vote text not null check (vote in ('up', 'down')),
    at bigint not null,
    unique (turn, author)
);

create index votes_named on votes (at) where author is not null;

create table reports (
    id text primary key,
    turn text not null references turns (id) on delete cascade,
    author text, -- null once that has expired
    reason text, -- JSON; likewise, and once the words of the turn are gone
    at bigint not null,
    unique (turn, author)
);

create index reports_named on reports (at) where author is not null;

-- What the program notes for its next start.
create table notes (
    key text primary key,
    body text not null -- JSON
);

-- Made anew: with events.replies_to.
drop view records;

create view records as
select
    turns.*,
    events.message_id as asked_id,
    events.author as author,
    events.speaker as speaker,
    events.at as asked_at,
    events.gone as gone,
    events.replies_to as replies_to
from turns
join events on events.workspace = turns.workspace and events.id = turns.event;

-- Made anew: with events.withdrawn.
drop view exchanges;

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
    events.withdrawn as withdrawn,
    asked.body as message,
    drafted.body as draft
from turns
join events on events.workspace = turns.workspace and events.id = turns.event
left join texts as asked on asked.workspace = turns.workspace and asked.event = turns.event and asked.part = 'message'
left join texts as drafted on drafted.workspace = turns.workspace and drafted.event = turns.event and drafted.part = 'draft';

-- What a later turn may be shown. One whose words are gone is left out: a placeholder helps no prompt.
create view shown as
select * from exchanges
where delivery = 'delivered' and withdrawn is null and message is not null
    and (outcome = 'suppressed' or outcome = 'approved' and draft is not null);
