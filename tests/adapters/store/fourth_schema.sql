BEGIN TRANSACTION;
CREATE TABLE calls (
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
CREATE TABLE chain_keys (
    fingerprint text primary key -- tells a wrong key from a broken chain
);
INSERT INTO "chain_keys" VALUES('3a5b463c57703598c1234a89eba395c60a4846f789fbc8600e038ac6d801a76c');
CREATE TABLE erasures (
    workspace text not null,
    author text not null,
    at bigint not null,
    primary key (workspace, author)
);
CREATE TABLE events (
    workspace text not null,
    id text not null,
    place text not null,
    message_id text not null,
    author text not null,
    speaker text not null,
    at bigint not null,
    outcome text check (outcome in ('turn', 'ignored', 'limited', 'failed')), -- null until it is known
    reason text, salt text, gone text check (gone in ('expired', 'erased')), -- JSON
    primary key (workspace, id),
    unique (workspace, place, message_id)
);
INSERT INTO "events" VALUES('home','event-1','lobby','asked-1','Ada','member-1',1767225660000000,'turn',NULL,'00000000000000000000000000000001',NULL);
INSERT INTO "events" VALUES('home','event-2','lobby','asked-2','Ada','member-1',1767225780000000,'turn',NULL,'00000000000000000000000000000008',NULL);
INSERT INTO "events" VALUES('home','event-3','lobby','asked-3','Ada','member-1',1767225840000000,'turn',NULL,'0000000000000000000000000000000d',NULL);
INSERT INTO "events" VALUES('home','event-4','lobby','asked-4','Bob','member-1',1767225960000000,'turn',NULL,'00000000000000000000000000000014',NULL);
INSERT INTO "events" VALUES('away','event-5','yard','asked-5','','someone',1767226020000000,'turn',NULL,NULL,'erased');
INSERT INTO "events" VALUES('home','event-6','lobby','asked-6','Ada Lovelace','member-1',1767226140000000,NULL,NULL,'00000000000000000000000000000024',NULL);
CREATE TABLE holds (since bigint primary key);
CREATE TABLE judge_checks (
    digest text not null, -- of the profile; a profile that was only checked is not kept
    will text not null,
    conscience text not null,
    version text not null,
    at bigint not null,
    passed bigint not null check (passed in (0, 1)),
    report text not null, -- JSON
    primary key (digest, will, conscience, version)
);
CREATE TABLE links (
    workspace text not null,
    height bigint not null, -- from 1 without gaps; the oldest that is kept is the first or a checkpoint's
    kind text not null check (kind in ('turn', 'delivery', 'ledger', 'hole', 'operation')),
    subject text not null, -- the id of the turn or the operation
    sealed text not null, -- JSON: by part, the salted hash of each text that came with it; stays when the text goes
    mark text not null,
    primary key (workspace, height)
);
INSERT INTO "links" VALUES('home',1,'turn','turn-1','{"person":"a37cdf1a4c9b47651092e01e2a622f88e042239cba1febc6b200e21e6f264be3","message":"ea16b31cbf7b927f97da3a1fbceb7a6c02b96698f967c90e01e29850386c28e4","draft":"a730f1556e0b0ff764df098a54a4e4f93a7f9806f6456bc55230f4b51a981a08","verdict":"adaa11a3c05ce35ac113e931ffc0a00079d5157225e8443d94675fe8c52d4dd5","coaching":"d839ec1dce51744e3a43668fb48f6153723ffd7d1e205c72783b45c2ac696434"}','2e6e376182eafeff8f6f0c394356c263f00dd9b24024d68e1d6bc9672b780fd8');
INSERT INTO "links" VALUES('home',2,'delivery','turn-1','{}','7e9b0b9f127dd8e9c2aadac76b15f0b140430881cd74afbcada2b508b40bd1de');
INSERT INTO "links" VALUES('home',3,'ledger','turn-1','{"reasons":"da0f7cb90b882ec899b1dc9ebe1104b87fef1294a8c39584e201fd59b7179b7f","quotes":"bfc22012fd2b9a2d2bac0e29e8af02234ae72706d839ce6f6b5ad5a4e8db74d7"}','60230ae35750eeb1bc95846cd998913641063bcaf3880ce6316f823625407924');
INSERT INTO "links" VALUES('home',4,'turn','turn-2','{"person":"949a2e98e548b51dfd5e560fa1b3762551fe888fdf8956ab0de9d10df717a6c9","message":"6951405e97b19d16efe624f54a942ae6862c479406b7de87d78e3238d75b7979","draft":"79b927ec8ad838bc5c83f517ed41e39fe944133f3466449e891ef81cc723f714","verdict":"9943c428e1abb410b8a8bb658e0955ecb234c2bfc0bdb398aade1363188515df","coaching":"12974f6ea255e3b701ba2219c75d001e58dfb2d755ba1972b33d873f02d73bc5"}','8a60fe8032f3644a71a2340814341783ede8612f821bdfe070d210c351a42ed2');
INSERT INTO "links" VALUES('home',5,'delivery','turn-2','{}','e8b98a9297f68303b02f81237273969cb665f4761ad8e46001db2f7283cfe181');
INSERT INTO "links" VALUES('home',6,'turn','turn-3','{"person":"251d45681c2cdecc45437d4b826cd68ef46f7dc348a5ff376baac7b58cc3dd2e","message":"b6c78f6ab0eb890dc2f7ef59958e2a72c9b49ba6c54cd1bbc6df88386179f78b","draft":"0a73fbb05b9d862980d442d81b26daa0d9bc4e64ea9801e8c942f24665418b17","verdict":"af016fe9a3c7b0afb7ea7c450431687a3b34fc0862d093ba47dc7921999f0d80","coaching":"aa36bf3dd051630db2df188b1b358237edf77f128620612f3995106daf616ff4"}','b791892424b68b227a464186e1dc54bd66138a8442cc53c640d982144dcd9859');
INSERT INTO "links" VALUES('home',7,'delivery','turn-3','{}','44d539abf0de9757f6fbb74d0afae7ca0c853a854d716b237c414910bc45e6af');
INSERT INTO "links" VALUES('home',8,'operation','00000000000000000000000000000013','{"actor":"7c64aac7c274656bcbe349ef13c1ea903f7c0652445361067d687d65169db725"}','540d2e034fecd68501fb9c94e4678b3d09eb2b83b14218a373d4e1101e43a14f');
INSERT INTO "links" VALUES('home',9,'turn','turn-4','{"person":"5ff4b6339ded5ed9c19990b497be7db2c3d802807dcb0cbc1e9f4eae1f171219","message":"cf4f0058dc1df0da49c282a027c8e49b89a6cfcba4bbac53bdc1060113a3e300","draft":"7370727d0593164b7dbf06033ef78686aae7d09a47716bd342d7da9a617db36a","verdict":"508a086f68adcb7fe7f18f98a8554ae4d90d282f2c68764fe5b07f2507ad2645","coaching":"882b2f2b937bb7b24be434ae7c9d60770e9141eded3b59ce3d471f9bb8d0aaa3"}','b1a033c62722398f81e5c9315c8b2a9bc47f530d5685719d8a3dce75584c3d57');
INSERT INTO "links" VALUES('away',1,'turn','turn-5','{"person":"21869a19e6d61efe6489759b1dacafcfbd766eb09e2842089552405883208c53","message":"c77acfbc138b924dda4587983df33af4facffd32c736575f6b3ffce73c335b09","draft":"d615cc66224f42cfb8c25bb4e48c2c658b83ff4fb578ed0b88c507e16d1c8599","verdict":"17c7e715e0a389cf54bdfa3ace10fb4ed5cd1f4ce72f69aae284ac50b3d82053","coaching":"e1207dad2c3a3606518b540f2b53fede7911362b3649b498a66033c68bf9ddd7"}','cce59eaf27aa3ec195c111603a8367d1a5dfa09cf27da6af83c281af838cc01c');
INSERT INTO "links" VALUES('away',2,'delivery','turn-5','{}','c1604978286e016bd983d034f70636d40cb33661ccab254129b272c22c7212ec');
INSERT INTO "links" VALUES('away',3,'ledger','turn-5','{"reasons":"aa213c568d5f49cfc3f7f77c9dde4db56d253f73ff33c754c044e018fb8180a6","quotes":"0af5aa38083d8bbee7725cdae3ad91f45b8d2dab022ad3255185bc126eb8d7f3"}','1ffbbcbea21ddac8385e090aa6799533ca98b1d75e9c57b99fecb55ebb18344e');
INSERT INTO "links" VALUES('away',4,'operation','00000000000000000000000000000021','{"actor":"7dfebca726787147350b35685a7436875fd05630f4f0deaad85ec5684f35eb8a"}','ffe4f06653273eb671d1132e934450df3ecd62ea8d979ff85bbf3b2b4b3a0db8');
INSERT INTO "links" VALUES('away',5,'operation','00000000000000000000000000000023','{"actor":"e5a0625c624628ce6e666ceb4c2051cf82c1c60b59dd72e7901f3b684e9ca943"}','5f1734232e0f0869c75b51246e47147a552d205da57e4f83b2904b002dedc2af');
CREATE TABLE memories (
    scope text not null references scopes (id),
    number bigint not null,
    state text not null, -- JSON
    primary key (scope, number)
);
INSERT INTO "memories" VALUES('lobby',1,'{"memory":{"values":["kindness","honesty"],"mu":[0.09999999999999998,0.04999999999999999],"a":[0.09999999999999998,0.09999999999999998],"folded":1}}');
INSERT INTO "memories" VALUES('yard',1,'{"memory":{"values":["kindness","honesty"],"mu":[0.09999999999999998,0.04999999999999999],"a":[0.09999999999999998,0.09999999999999998],"folded":1}}');
CREATE TABLE migrations (version bigint primary key, name text not null, checksum text not null);
INSERT INTO "migrations" VALUES(1,'initial','58456e81c8e000a48a868a01862e87baba5f00cbf742fb63b810e286eeb4ab5a');
INSERT INTO "migrations" VALUES(2,'accounts','b47e38eff1e797f4f28b12b6883a8379a2febf1271ad710aac8c9bbfc8563c3a');
INSERT INTO "migrations" VALUES(3,'judge_checks','080cc74cddbbf0d836f0295e38abe622587bf928873e0e8f8c146e710d340194');
INSERT INTO "migrations" VALUES(4,'record','58b027e78cb5fe68c891e0ffeafc9aa3a0c98587d3c5b38243626fc1bfc0cf98');
CREATE TABLE operations (
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
INSERT INTO "operations" VALUES('00000000000000000000000000000013','home','lobby',3,'freeze','{}','mod','00000000000000000000000000000012',1767225900000000);
INSERT INTO "operations" VALUES('00000000000000000000000000000021','away',NULL,NULL,'checkpoint','{"head":[3,"1ffbbcbea21ddac8385e090aa6799533ca98b1d75e9c57b99fecb55ebb18344e"],"memories":{"yard":[1,"{\"memory\":{\"values\":[\"kindness\",\"honesty\"],\"mu\":[0.09999999999999998,0.04999999999999999],\"a\":[0.09999999999999998,0.09999999999999998],\"folded\":1}}","1135f648fe155458f101fdefe278323d285f6da34cc722f630066f795393c9fe"]},"unfinished":{}}','time','00000000000000000000000000000020',1767226140000000);
INSERT INTO "operations" VALUES('00000000000000000000000000000023','away',NULL,NULL,'erase','{"person":"b8366344fe31ffb51bd1e3ef6a81610db32e427493beec86796ed539401ca1d1","events":1,"acts":0}','mod','00000000000000000000000000000022',1767226140000000);
CREATE TABLE profiles (
    digest text primary key,
    body text not null -- the profile's canonical text
);
INSERT INTO "profiles" VALUES('1135f648fe155458f101fdefe278323d285f6da34cc722f630066f795393c9fe','{"beta":0.9,"name":"friend","rules":[{"id":"no-insults","text":"Insult nobody."},{"id":"no-secrets","text":"Give no secret away."}],"values":[{"meaning":"Mean well.","name":"kindness","weight":1.0},{"meaning":"Say what is.","name":"honesty","weight":2.0}],"wording":{"failed":"I could not come up with an answer just now. Please ask again in a moment.","spent":"I have used up what I may spend for now, so I cannot answer. Please try again later.","suppressed":"I drafted an answer, but it would have broken one of my rules, so I will not send it.","unjudged":"I could not have my answer checked just now, so I am not sending it. Please ask again in a moment."},"worldview":"Be of use."}');
CREATE TABLE scopes (
    id text primary key,
    numbered bigint not null, -- the last number given
    folded bigint not null, workspace text, digest text);
INSERT INTO "scopes" VALUES('lobby',3,1,'home','1135f648fe155458f101fdefe278323d285f6da34cc722f630066f795393c9fe');
INSERT INTO "scopes" VALUES('yard',1,1,'away','1135f648fe155458f101fdefe278323d285f6da34cc722f630066f795393c9fe');
CREATE TABLE texts (
    workspace text not null,
    event text not null,
    part text not null check (part in ('message', 'draft', 'verdict', 'coaching', 'reasons', 'quotes')),
    body text not null, salt text, -- JSON
    primary key (workspace, event, part),
    foreign key (workspace, event) references events (workspace, id)
);
INSERT INTO "texts" VALUES('home','event-1','message','"Question 1?"','00000000000000000000000000000002');
INSERT INTO "texts" VALUES('home','event-1','draft','"Start with three chords."','00000000000000000000000000000003');
INSERT INTO "texts" VALUES('home','event-1','verdict','"harmless"','00000000000000000000000000000004');
INSERT INTO "texts" VALUES('home','event-1','coaching','"Mind kindness."','00000000000000000000000000000005');
INSERT INTO "texts" VALUES('home','event-1','reasons','{"kindness":"It shows.","honesty":"It shows."}','00000000000000000000000000000006');
INSERT INTO "texts" VALUES('home','event-1','quotes','{"kindness":"Start with three chords.","honesty":"Start with three chords."}','00000000000000000000000000000007');
INSERT INTO "texts" VALUES('home','event-2','message','"Question 2?"','00000000000000000000000000000009');
INSERT INTO "texts" VALUES('home','event-2','draft','"Start with three chords."','0000000000000000000000000000000a');
INSERT INTO "texts" VALUES('home','event-2','verdict','"harmless"','0000000000000000000000000000000b');
INSERT INTO "texts" VALUES('home','event-2','coaching','"Mind kindness."','0000000000000000000000000000000c');
INSERT INTO "texts" VALUES('home','event-3','message','"Question 3?"','0000000000000000000000000000000e');
INSERT INTO "texts" VALUES('home','event-3','draft','"Oaf."','0000000000000000000000000000000f');
INSERT INTO "texts" VALUES('home','event-3','verdict','"found: oaf"','00000000000000000000000000000010');
INSERT INTO "texts" VALUES('home','event-3','coaching','"Mind kindness."','00000000000000000000000000000011');
INSERT INTO "texts" VALUES('home','event-4','message','"Question 4?"','00000000000000000000000000000015');
INSERT INTO "texts" VALUES('home','event-4','draft','"Start with three chords."','00000000000000000000000000000016');
INSERT INTO "texts" VALUES('home','event-4','verdict','"harmless"','00000000000000000000000000000017');
INSERT INTO "texts" VALUES('home','event-4','coaching','"Mind kindness."','00000000000000000000000000000018');
INSERT INTO "texts" VALUES('home','event-6','message','"Question 6?"','00000000000000000000000000000025');
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
    drift double precision, wasted text,
    foreign key (workspace, event) references events (workspace, id),
    unique (workspace, event),
    unique (scope, number)
);
INSERT INTO "turns" VALUES('turn-1','home','event-1','lobby','lobby',1767225660000000,'friend','1135f648fe155458f101fdefe278323d285f6da34cc722f630066f795393c9fe','[]','coached','approved','{}',NULL,NULL,1767225660000000,'delivered',1767225660000000,'posted-1',1,'landed',0,1767225660000000,NULL,'{"entries":[["kindness",1,0.75,1],["honesty",0.5,0.75,1]],"usage":null}',1767225720000000,'folded',NULL,8.5,0.75,NULL,NULL);
INSERT INTO "turns" VALUES('turn-2','home','event-2','lobby','lobby',1767225780000000,'friend','1135f648fe155458f101fdefe278323d285f6da34cc722f630066f795393c9fe','[]','coached','approved','{}',NULL,NULL,1767225780000000,'delivered',1767225780000000,'posted-2',2,'owed',0,1767225780000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "turns" VALUES('turn-3','home','event-3','lobby','lobby',1767225840000000,'friend','1135f648fe155458f101fdefe278323d285f6da34cc722f630066f795393c9fe','[]','coached','suppressed','{"rules":["no-insults"],"by":"pattern","drafted":true}',NULL,NULL,1767225840000000,'delivered',1767225840000000,'posted-3',NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "turns" VALUES('turn-4','home','event-4','lobby','lobby',1767225960000000,'friend','1135f648fe155458f101fdefe278323d285f6da34cc722f630066f795393c9fe','[]','coached','approved','{}',NULL,NULL,1767225960000000,'committed',NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "turns" VALUES('turn-5','away','event-5','yard','yard',1767226020000000,'friend','1135f648fe155458f101fdefe278323d285f6da34cc722f630066f795393c9fe','[]','coached','approved','{}',NULL,NULL,1767226020000000,'delivered',1767226020000000,'posted-5',1,'landed',0,1767226020000000,NULL,'{"entries":[["kindness",1,0.75,1],["honesty",0.5,0.75,1]],"usage":null}',1767226080000000,'folded',NULL,8.5,0.75,NULL,NULL);
CREATE INDEX events_open on events (at) where outcome is null;
CREATE INDEX turns_of_place on turns (place, position);
CREATE INDEX turns_of_scope on turns (scope, position);
CREATE INDEX turns_of_scope_in_place on turns (scope, place, position);
CREATE INDEX turns_counted on turns (scope, outcome, fate);
CREATE INDEX turns_unsent on turns (id) where delivery = 'committed';
CREATE INDEX turns_due on turns (due, position) where audit = 'owed';
CREATE INDEX turns_owed on turns (scope, delivered_at) where audit = 'owed';
CREATE INDEX calls_of_time on calls (at, fate, cost, unpriced);
CREATE INDEX links_of_operations on links (workspace, subject) where kind = 'operation';
CREATE INDEX operations_of_kind on operations (workspace, kind, at);
CREATE INDEX events_kept on events (at) where gone is null;
CREATE INDEX events_without_turn on events (at) where outcome in ('ignored', 'limited', 'failed');
CREATE VIEW records as
select
    turns.*,
    events.message_id as asked_id,
    events.author as author,
    events.speaker as speaker,
    events.at as asked_at,
    events.gone as gone
from turns
join events on events.workspace = turns.workspace and events.id = turns.event;
CREATE VIEW exchanges as
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
COMMIT;
