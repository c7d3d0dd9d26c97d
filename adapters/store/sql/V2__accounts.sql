-- The accounts: every call to a model's vendor, and what it took. Nothing refers to a call, so it bears no name.

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
    unpriced bigint not null, -- tokens that count where there is no price
    calls bigint not null
);

-- Holds all that is summed up over a day or a month, so that the table itself need not be read.
create index calls_of_time on calls (at, fate, cost, unpriced);
