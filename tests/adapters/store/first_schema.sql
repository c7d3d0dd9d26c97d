BEGIN TRANSACTION;
CREATE TABLE events (
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
INSERT INTO "events" VALUES('home','event-1','lobby','asked-1','Ada Lovelace','member-1',1767225660000000,'turn',NULL);
INSERT INTO "events" VALUES('home','event-2','lobby','asked-2','Ada Lovelace','member-1',1767225720000000,'turn',NULL);
INSERT INTO "events" VALUES('home','event-3','lobby','asked-3','Ada Lovelace','member-1',1767225780000000,'turn',NULL);
INSERT INTO "events" VALUES('home','event-4','lobby','asked-4','Ada Lovelace','member-1',1767225840000000,'turn',NULL);
INSERT INTO "events" VALUES('home','event-5','lobby','asked-5','Ada Lovelace','member-1',1767225600000000,NULL,NULL);
CREATE TABLE migrations (version bigint primary key, name text not null, checksum text not null);
INSERT INTO "migrations" VALUES(1,'initial','58456e81c8e000a48a868a01862e87baba5f00cbf742fb63b810e286eeb4ab5a');
CREATE TABLE profiles (
    digest text primary key,
    body text not null -- the profile's canonical text
);
INSERT INTO "profiles" VALUES('1135f648fe155458f101fdefe278323d285f6da34cc722f630066f795393c9fe','{"beta":0.9,"name":"friend","rules":[{"id":"no-insults","text":"Insult nobody."},{"id":"no-secrets","text":"Give no secret away."}],"values":[{"meaning":"Mean well.","name":"kindness","weight":1.0},{"meaning":"Say what is.","name":"honesty","weight":2.0}],"wording":{"failed":"I could not come up with an answer just now. Please ask again in a moment.","spent":"I have used up what I may spend for now, so I cannot answer. Please try again later.","suppressed":"I drafted an answer, but it would have broken one of my rules, so I will not send it.","unjudged":"I could not have my answer checked just now, so I am not sending it. Please ask again in a moment."},"worldview":"Be of use."}');
CREATE TABLE scopes (
    id text primary key,
    numbered bigint not null, -- the last number given
    folded bigint not null, -- the last number folded
    state text -- JSON; null before the first fold
);
INSERT INTO "scopes" VALUES('lobby',2,1,'{"memory":{"values":["kindness","honesty"],"mu":[0.09999999999999998,0.0],"a":[0.09999999999999998,0.0],"folded":1}}');
CREATE TABLE texts (
    workspace text not null,
    event text not null,
    part text not null check (part in ('message', 'draft', 'verdict', 'coaching', 'reasons', 'quotes')),
    body text not null, -- JSON
    primary key (workspace, event, part),
    foreign key (workspace, event) references events (workspace, id)
);
INSERT INTO "texts" VALUES('home','event-1','message','"Question 1?"');
INSERT INTO "texts" VALUES('home','event-1','draft','"Start with three chords."');
INSERT INTO "texts" VALUES('home','event-1','verdict','"harmless"');
INSERT INTO "texts" VALUES('home','event-2','message','"Question 2?"');
INSERT INTO "texts" VALUES('home','event-2','draft','"Start with three chords."');
INSERT INTO "texts" VALUES('home','event-2','verdict','"harmless"');
INSERT INTO "texts" VALUES('home','event-3','message','"Question 3?"');
INSERT INTO "texts" VALUES('home','event-3','draft','"Oaf."');
INSERT INTO "texts" VALUES('home','event-3','verdict','"found: oaf"');
INSERT INTO "texts" VALUES('home','event-4','message','"Question 4?"');
INSERT INTO "texts" VALUES('home','event-4','draft','"Start with three chords."');
INSERT INTO "texts" VALUES('home','event-4','verdict','"harmless"');
INSERT INTO "texts" VALUES('home','event-5','message','"Question 5?"');
INSERT INTO "texts" VALUES('home','event-1','reasons','{"kindness":"It shows."}');
INSERT INTO "texts" VALUES('home','event-1','quotes','{"kindness":"Start with three chords."}');
CREATE TABLE turns (
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
INSERT INTO "turns" VALUES('turn-1','home','event-1','lobby','lobby',1767225660000000,'friend','1135f648fe155458f101fdefe278323d285f6da34cc722f630066f795393c9fe','[]','uncoached','approved','{}','{"model":"scripted:a","seconds":0.25,"input_tokens":12,"output_tokens":null}','{"model":"scripted:b","seconds":1.5,"input_tokens":null,"output_tokens":7}',1767225660000000,'delivered',1767225660000000,'posted-1',1,'landed',0,1767225660000000,NULL,'{"entries":[["kindness",1.0,0.75,1],["honesty",null,null,null]],"usage":"{\"model\":\"scripted:c\",\"seconds\":2.0,\"input_tokens\":9,\"output_tokens\":3}"}',1767225900000000,'folded',NULL,10.0,0.75,NULL);
INSERT INTO "turns" VALUES('turn-2','home','event-2','lobby','lobby',1767225720000000,'friend','1135f648fe155458f101fdefe278323d285f6da34cc722f630066f795393c9fe','[]','uncoached','approved','{}','{"model":"scripted:a","seconds":0.25,"input_tokens":12,"output_tokens":null}','{"model":"scripted:b","seconds":1.5,"input_tokens":null,"output_tokens":7}',1767225720000000,'delivered',1767225720000000,'posted-2',2,'owed',0,1767225720000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "turns" VALUES('turn-3','home','event-3','lobby','lobby',1767225780000000,'friend','1135f648fe155458f101fdefe278323d285f6da34cc722f630066f795393c9fe','[]','uncoached','suppressed','{"rules":["no-insults"],"by":"pattern"}','{"model":"scripted:a","seconds":0.25,"input_tokens":12,"output_tokens":null}','{"model":"scripted:b","seconds":1.5,"input_tokens":null,"output_tokens":7}',1767225780000000,'delivered',1767225780000000,'posted-3',NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "turns" VALUES('turn-4','home','event-4','lobby','lobby',1767225840000000,'friend','1135f648fe155458f101fdefe278323d285f6da34cc722f630066f795393c9fe','[]','uncoached','approved','{}','{"model":"scripted:a","seconds":0.25,"input_tokens":12,"output_tokens":null}','{"model":"scripted:b","seconds":1.5,"input_tokens":null,"output_tokens":7}',1767225840000000,'committed',NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE INDEX events_open on events (at) where outcome is null;
CREATE INDEX turns_of_place on turns (place, position);
CREATE INDEX turns_of_scope on turns (scope, position);
CREATE INDEX turns_of_scope_in_place on turns (scope, place, position);
CREATE INDEX turns_counted on turns (scope, outcome, fate);
CREATE INDEX turns_unsent on turns (id) where delivery = 'committed';
CREATE INDEX turns_due on turns (due, position) where audit = 'owed';
CREATE INDEX turns_owed on turns (scope, delivered_at) where audit = 'owed';
CREATE VIEW records as
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
COMMIT;