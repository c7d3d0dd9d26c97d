-- The accounts: every call to a model's vendor, and what it took. Nothing refers to a call, so it bears no name.
-- What a turn's failed audits took stands with the turn.

create table calls (
    at bigint not null,
    role text not null,
    fate text not null, -- answered, or the cause of the failure
    model text not null,
    instead_of text, -- the model that it stood in for
    seconds double precision not null,
    first_token double precision, -- seconds
    input_tokens bigint,
    cached_tokens bigint,
    written_tokens bigint,
    output_tokens bigint,
    cost double precision, -- US dollars; null where no price is known
    unpriced bigint not null -- tokens that count where there is no price
);

-- Holds all that is summed up over a day or a month, so that the table itself need not be read.
create index calls_of_time on calls (at, fate, cost, unpriced);

alter table turns add column wasted text; -- JSON: what its audits took together that gave no ledger

-- Made anew, for a view has the columns that its tables had when it was made.
drop view records;

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
