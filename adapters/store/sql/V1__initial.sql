-- The first schema. Times are microseconds since 1970 in UTC. Columns said to hold JSON hold it as text.
-- Only what SQLite and PostgreSQL share is used: text keys, no identity columns, no row ids.

create table profiles (
    digest text primary key,
    body text not null -- the profile's canonical text
);

create table events (
    workspace text not null,
    id text not null,
    place text not null,
    message_id text not null,
    author text not null,
    speaker text not null,
    at bigint not null,
    outcome text check (outcome in ('turn', 'ignored', 'limited', 'failed')), -- null until it is known
    reason text, -- JSON
    primary key (workspace, id),
    unique (workspace, place, message_id)
);

-- What recovery looks for.
create index events_open on events (at) where outcome is null;

create table scopes (
    id text primary key,
    numbered bigint not null, -- the last number given
    folded bigint not null, -- the last number folded
    state text -- JSON; null before the first fold
);

create table turns (
    id text primary key,
    workspace text not null,
    event text not null,
    place text not null,
    scope text not null,
    position bigint not null, -- rises within a place and within a scope; the time of the commit, nudged where clocks go back
    persona text not null,
    digest text not null references profiles (digest),
    context text not null, -- JSON: ids of the turns that the prompt's history showed
    coaching text not null check (coaching in ('coached', 'withheld', 'uncoached')),
    outcome text not null check (outcome in ('approved', 'suppressed', 'unjudged', 'failed')),
    detail text not null, -- JSON: what the outcome holds besides texts
    drafting text, -- JSON
    judging text, -- JSON
    committed_at bigint not null,
    delivery text not null check (delivery in ('committed', 'delivered', 'unknown')),
    delivered_at bigint,
    message_id text, -- of the posted answer
    number bigint,
    audit text check (audit in ('owed', 'landed', 'abandoned')),
    attempts bigint not null,
    due bigint,
    lease bigint, -- whoever claimed the audit holds it until then
    ledger text, -- JSON, without reasons and quotes
    landed_at bigint,
    fate text check (fate in ('folded', 'hole')),
    hole_reason text, -- JSON
    coherence double precision,
    confidence double precision,
    drift double precision,
    foreign key (workspace, event) references events (workspace, id),
    unique (workspace, event),
    unique (scope, number)
);

create index turns_of_place on turns (place, position);
create index turns_of_scope on turns (scope, position);
create index turns_of_scope_in_place on turns (scope, place, position);
create index turns_counted on turns (scope, outcome, fate);
create index turns_unsent on turns (id) where delivery = 'committed';
create index turns_due on turns (due, position) where audit = 'owed';
create index turns_owed on turns (scope, delivered_at) where audit = 'owed';

-- What was said and written, apart from everything else, so that it can expire or be erased while the rest stays.
create table texts (
    workspace text not null,
    event text not null,
    part text not null check (part in ('message', 'draft', 'verdict', 'coaching', 'reasons', 'quotes')),
    body text not null, -- JSON
    primary key (workspace, event, part),
    foreign key (workspace, event) references events (workspace, id)
);

-- A turn with its event and its profile: what every lookup of turns starts from.
create view records as
select
    turns.*,
    events.message_id as asked_id,
    events.author as author,
    events.speaker as speaker,
    events.at as asked_at,
    profiles.body as profile
from turns
join events on events.workspace = turns.workspace and events.id = turns.event
join profiles on profiles.digest = turns.digest;
