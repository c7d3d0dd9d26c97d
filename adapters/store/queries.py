"""Every query of the store, by name, in the SQL that SQLite and PostgreSQL share (but for parameter marks)."""

from typing import Final

# --------------------------------------------------------------------------------------------------------- migrations

CREATE_MIGRATIONS: Final = """
create table if not exists migrations (version bigint primary key, name text not null, checksum text not null)
"""
"""The list of what was applied, needed before the first migration."""

APPLIED_MIGRATIONS: Final = "select version, name, checksum from migrations order by version"
"""What was applied, in order."""

RECORD_MIGRATION: Final = "insert into migrations (version, name, checksum) values (:version, :name, :checksum)"
"""Note a migration in its own transaction."""

# ------------------------------------------------------------------------------------------------------------ journal

ACCEPT_EVENT: Final = """
insert into events (workspace, id, place, message_id, author, speaker, at, replies_to, salt)
values (:workspace, :id, :place, :message_id, :author, :speaker, :at, :replies_to, :salt)
on conflict do nothing
returning id
"""
"""Record an event; no row comes back for one that is there by its id or its message."""

CLOSE_EVENT: Final = """
update events set outcome = :outcome, reason = :reason
where workspace = :workspace and id = :id and outcome is null
returning *
"""
"""Give an event its outcome; no row comes back if it has one already, or was never accepted."""

EVENT: Final = "select * from events where workspace = :workspace and id = :event"
"""One event."""

KEEP_TEXT: Final = """
insert into texts (workspace, event, part, body, salt) values (:workspace, :event, :part, :body, :salt)
"""
"""Keep one text of an event or its turn."""

KEEP_PROFILE: Final = "insert into profiles (digest, body) values (:digest, :body) on conflict do nothing"
"""Keep a profile once per digest."""

LAST_POSITION: Final = """
select max(position) as position from (
    select max(position) as position from turns where place = :place
    union all
    select max(position) as position from turns where scope = :scope
) as latest
"""
"""The highest position in a place or scope; null when there is no turn in either."""

COMMIT_TURN: Final = """
insert into turns (
    id, workspace, event, place, scope, position, persona, digest, context, coaching, outcome, detail,
    drafting, judging, committed_at, delivery, attempts
) values (
    :id, :workspace, :event, :place, :scope, :position, :persona, :digest, :context, :coaching, :outcome, :detail,
    :drafting, :judging, :committed_at, 'committed', 0
)
"""
"""Record a turn that is not sent yet."""

NEXT_NUMBER: Final = """
insert into scopes (id, workspace, digest, numbered, folded) values (:scope, :workspace, :digest, 1, 0)
on conflict (id) do update set numbered = scopes.numbered + 1, digest = coalesce(excluded.digest, scopes.digest)
returning numbered
"""
"""Take the next number of a scope, which comes to be with its first, and note which profile is in force with it."""

NEXT_UNDER_PROFILE: Final = """
insert into scopes (id, workspace, digest, numbered, folded) values (:scope, :workspace, :digest, 1, 0)
on conflict (id) do update set numbered = scopes.numbered + 1, digest = excluded.digest
where coalesce(scopes.digest, excluded.digest) = excluded.digest
returning numbered
"""
"""The same; no row comes back, and nothing is taken, where another profile is in force."""

DELIVER_TURN: Final = """
update turns
set
    delivery = 'delivered', delivered_at = :delivered_at, message_id = :message_id,
    number = :number, audit = :audit, due = :due
where id = :id
"""
"""Record that a turn was sent, and what that owes."""

KEEP_POST: Final = """
insert into posts (place, message_id, turn) values (:place, :message_id, :turn)
on conflict (place, message_id) do update set turn = excluded.turn
"""
"""Record a further message of an answer. A platform that gives an id again means the later one."""

SAID: Final = """
select workspace, id as event from events where place = :place and message_id = :message_id
union all
select workspace, event from turns where place = :place and message_id = :message_id
union all
select turns.workspace, turns.event from posts join turns on turns.id = posts.turn
where posts.place = :place and posts.message_id = :message_id
"""
"""The event that a message is, or is an answer to."""

WITHDRAW: Final = """
update events set withdrawn = :at where workspace = :workspace and id = :event and withdrawn is null
"""
"""Record that a message was deleted, or the answer to it."""

RELEASE_CLAIMS: Final = "update turns set lease = null where audit = 'owed' and lease is not null"
"""Let go of every claim: whoever held them is gone."""

IN_DOUBT: Final = "select id, workspace from turns where delivery = 'committed'"
"""Turns that were committed and not sent, and where."""

DOUBT_DELIVERY: Final = """
update turns set delivery = 'unknown'
where id = :id
    and (committed_at not between :since and :at or exists (
        select id from events
        where events.workspace = turns.workspace and events.id = turns.event
            and (events.gone is not null or events.withdrawn is not null)
    ))
"""
"""Nobody knows whether it was sent, and it is not to be sent any more."""

UNSENT: Final = "select * from records where delivery = 'committed' order by position, id"
"""Turns that were committed and not sent, oldest first."""

OPEN_EVENTS: Final = "select * from events where outcome is null order by at, workspace, id"
"""Accepted events without an outcome, oldest first."""

# ------------------------------------------------------------------------------------------------------------- audits

CLAIM_AUDIT: Final = """
update turns set lease = :until
where id = (
    select id from turns
    where audit = 'owed' and due <= :at and (lease is null or lease <= :at)
    order by due, position limit 1
)
returning id
"""
"""Hold the longest-due audit that nobody holds."""

POSTPONE_AUDIT: Final = """
update turns set lease = null, due = :due, attempts = :attempts where id = :id and audit = 'owed'
"""
"""Release a claim until a later time."""

HASTEN_AUDITS: Final = "update turns set due = :at where audit = 'owed' and due > :at"
"""Make due what waits: nobody knows how much of that time has passed."""

KEEP_WASTED: Final = "update turns set wasted = :wasted where id = :id"
"""What a turn's audits took that gave no ledger."""

LAND_LEDGER: Final = """
update turns set
    audit = 'landed', lease = null, ledger = :ledger, landed_at = :landed_at,
    coherence = :coherence, confidence = :confidence, drift = :drift
where id = :id
"""
"""Record a ledger. Its reading is known now only if its number will never be folded."""

MARK_FOLDED: Final = """
update turns set fate = 'folded', coherence = :coherence, confidence = :confidence, drift = :drift where id = :id
"""
"""Record that a number went into memory, and what it said."""

ABANDON_AUDIT: Final = "update turns set audit = 'abandoned', lease = null where id = :id"
"""Give an audit up."""

MAKE_HOLE: Final = "update turns set fate = 'hole', hole_reason = :hole_reason where id = :id"
"""Make a hole of a turn's number. Its audit stays what it is."""

BLOCKED_SCOPES: Final = """
select scopes.id as scope, max(turns.number) as reach
from scopes join turns on turns.scope = scopes.id and turns.number > scopes.folded
where turns.landed_at < :blocked_since or turns.landed_at > :later
group by scopes.id order by scopes.id
"""
"""Scopes with a ledger that waited too long, and its highest number: what is open below has blocked too long.

`later` is a time to come: who landed after that did so before the clock was set back.
"""

BLOCKING: Final = """
select id, workspace from turns
where scope = :scope and number < :reach and number > (select folded from scopes where id = :scope)
    and landed_at is null and fate is null
order by number
"""
"""The open numbers below `reach`."""

SCOPE: Final = "select * from scopes where id = :scope"
"""One scope."""

FOLDED: Final = """
select scopes.numbered as numbered, scopes.folded as folded, memories.state as state
from scopes left join memories on memories.scope = scopes.id and memories.number = scopes.folded
where scopes.id = :scope
"""
"""How far a scope has come, with its memory as it is now."""

MARK_SCOPE: Final = "update scopes set folded = :folded where id = :scope"
"""Record which number of a scope was folded last."""

KEEP_MEMORY: Final = "insert into memories (scope, number, state) values (:scope, :number, :state)"
"""Keep the memory after a number, which moves together with the scope's mark."""

KEEP_EARLIER_MEMORY: Final = (
    "insert into memories (scope, number, state) values (:scope, :number, :state) on conflict do nothing"
)
"""Keep the memory after a number, unless it is there."""

MEMORY: Final = "select state from memories where scope = :scope and number = :number"
"""The memory after a number."""

LATEST_MEMORY: Final = "select state from memories where scope = :scope order by number desc limit 1"
"""A scope's memory as it is now."""

# ------------------------------------------------------------------------------------------- chain and operations

HEAD: Final = "select height, mark from links where workspace = :workspace order by height desc limit 1"
"""The last link of a workspace."""

APPEND_LINK: Final = """
insert into links (workspace, height, kind, subject, sealed, mark)
values (:workspace, :height, :kind, :subject, :sealed, :mark)
"""
"""Add a link."""

FINGERPRINT: Final = "select fingerprint from chain_keys"
"""Which key the chain is made with; no row where nothing was ever linked."""

KEEP_FINGERPRINT: Final = "insert into chain_keys (fingerprint) values (:fingerprint)"
"""Take a key for this store's."""

ANY_RECORD: Final = "select id from turns union all select id from operations limit 1"
"""Whether anything was recorded that needs a link."""

UNSALTED_EVENTS: Final = "select workspace, id from events where salt is null and gone is null"
"""Events of a program without a chain."""

SALT_EVENT: Final = "update events set salt = :salt where workspace = :workspace and id = :id"
"""Give an event its salt."""

UNSALTED_TEXTS: Final = "select workspace, event, part from texts where salt is null"
"""Texts of a program without a chain."""

SALT_TEXT: Final = "update texts set salt = :salt where workspace = :workspace and event = :event and part = :part"
"""Give a text its salt."""

ALL_TURN_IDS: Final = "select id from turns order by position, id"
"""All turns, oldest first."""

ALL_SCOPES: Final = "select * from scopes order by id"
"""All scopes."""

RECORD_OPERATION: Final = """
insert into operations (id, workspace, scope, number, kind, detail, actor, salt, at)
values (:id, :workspace, :scope, :number, :kind, :detail, :actor, :salt, :at)
"""
"""Record an operation."""

OPERATION_BY_NUMBER: Final = "select * from operations where scope = :scope and number = :number"
"""The operator event that bears a number of a scope."""

PROFILE: Final = "select body from profiles where digest = :digest"
"""A profile's canonical text."""

OPERATIONS_OF_SCOPE: Final = """
select * from operations where scope = :scope order by number desc limit :limit
"""
"""What was done to a scope's memory, newest first."""

# ---------------------------------------------------------------------------------------------------------- keeping

EXPIRING: Final = "select * from events where gone is null and at < :before order by at limit :most"
"""The oldest events whose texts are to go."""

OF_AUTHOR: Final = """
select * from events
where author = :author and gone is null and (:workspace is null or workspace = :workspace)
and (:until is null or at <= :until)
order by workspace, at, id
"""
"""What a person said, as far as it is kept."""

DROP_TEXTS: Final = "delete from texts where workspace = :workspace and event = :event"
"""Let an event's and its turn's texts go, with their salts."""

FORGET_EVENT: Final = """
update events set gone = :gone, author = '', speaker = :speaker, salt = null
where workspace = :workspace and id = :event
"""
"""Say why an event's texts are gone, and let go of who said it."""

OWED_FOR: Final = "select id from turns where workspace = :workspace and event = :event and audit = 'owed'"
"""The turn of an event, if its audit is owed."""

ACTED_IN: Final = """
select workspace, max(at) as at from (
    select workspace, at from operations where actor = :author
    union all
    select workspace, at from assignments where actor = :author
    union all
    select turns.workspace, votes.at from votes join turns on turns.id = votes.turn where votes.author = :author
    union all
    select turns.workspace, reports.at from reports join turns on turns.id = reports.turn
    where reports.author = :author
) as acts
where (:workspace is null or workspace = :workspace) and (:until is null or at <= :until)
group by workspace
"""
"""Where somebody did something, as far as that is kept, and when last."""

FORGET_ACTOR: Final = """
update operations set actor = '', salt = null
where actor = :author and (:workspace is null or workspace = :workspace)
and (:until is null or at <= :until)
returning workspace
"""
"""Let go of who did something; gives where, a row for each time."""

WORKSPACES: Final = """
with recursive found (workspace) as (
    select min(workspace) from links
    union all
    select (select min(links.workspace) from links where links.workspace > found.workspace)
    from found where found.workspace is not null
)
select workspace from found where workspace is not null order by workspace
"""
"""All workspaces that have a chain. Looks up one after the other: `distinct` would read every link."""

AUTHORS: Final = """
select workspace, author, min(at) as at from (
    select workspace, author, at from events where gone is null
    union all
    select workspace, actor, at from operations where actor <> ''
    union all
    select workspace, actor, at from assignments where actor <> ''
    union all
    select turns.workspace, votes.author, votes.at from votes join turns on turns.id = votes.turn
    where votes.author is not null
    union all
    select turns.workspace, reports.author, reports.at from reports join turns on turns.id = reports.turn
    where reports.author is not null
) as persons group by workspace, author
"""
"""Everybody who said or did something that is kept, with when they first did."""

HELD: Final = "select since from holds limit 1"
"""Since when there is a legal hold; no row where there is none."""

BEGIN_HOLD: Final = "insert into holds (since) values (:since)"
"""Begin a legal hold."""

END_HOLD: Final = "delete from holds"
"""End it."""

QUEUE_ERASURE: Final = """
insert into erasures (workspace, author, at) values (:workspace, :author, :at) on conflict do nothing
"""
"""Let an erasure wait."""

QUEUED_ERASURES: Final = "delete from erasures returning workspace, author"
"""Take what waited out of the line."""

LINKED_ERASURES: Final = """
select operations.*, links.height as height, links.sealed as sealed, links.mark as mark, earlier.mark as before
from operations join links
on links.workspace = operations.workspace and links.subject = operations.id and links.kind = 'operation'
left join links as earlier on earlier.workspace = links.workspace and earlier.height = links.height - 1
where operations.kind = 'erase'
"""
"""Every erasure with its link, and the mark of the link before it."""

LAST_CHECKPOINT: Final = """
select max(operations.at) as at, max(links.height) as height
from operations cross join links
where operations.workspace = :workspace and operations.kind = 'checkpoint'
    and links.workspace = operations.workspace and links.subject = operations.id and links.kind = 'operation'
"""
"""When a workspace had its last checkpoint, and at which height; nulls where it had none."""

SCOPES_AT_CHECKPOINT: Final = """
select scopes.id as scope, scopes.folded as folded, scopes.digest as digest, memories.state as state
from scopes left join memories on memories.scope = scopes.id and memories.number = scopes.folded
where scopes.workspace = :workspace order by scopes.id
"""
"""Every memory of a workspace, with the number after which it stands and the profile in force with the last number."""

UNFINISHED: Final = """
with unfinished as (
    select id, workspace from turns where delivery = 'committed'
    union
    select id, workspace from turns where audit = 'owed'
    union
    select turns.id, turns.workspace from scopes cross join turns
    where turns.scope = scopes.id and turns.number > scopes.folded
)
select id from unfinished where workspace = :workspace order by id
"""
"""Turns of which something may still be recorded. Each part has an index; their `or` would read every turn."""

WAITING_ACT: Final = """
select operations.id from operations join scopes on scopes.id = operations.scope
where operations.workspace = :workspace and operations.number > scopes.folded limit 1
"""
"""An operator event that waits for numbers before it."""

OLDEST_CHECKPOINT: Final = """
select operations.detail as detail
from operations join links on links.workspace = operations.workspace and links.subject = operations.id
where links.workspace = :workspace and operations.kind = 'checkpoint'
    and links.height = (select min(height) from links where workspace = :workspace)
"""
"""The checkpoint with which the chain begins; no row where it is whole."""

OLD_CHECKPOINTS: Final = """
select links.height as height, operations.id as id
from operations join links
on links.workspace = operations.workspace and links.subject = operations.id and links.kind = 'operation'
where operations.workspace = :workspace and operations.kind = 'checkpoint' and operations.at < :before
    and +links.height > (select min(height) from links where workspace = :workspace)
order by +links.height
"""
"""The checkpoints that are old enough for what lies before them to go, and where that is anything.

A plus keeps SQLite from reading all links by their height.
"""

CHECKPOINT: Final = "select detail from operations where id = :id"
"""What a checkpoint holds. Each is read by itself: it has every memory of its workspace."""

TURNS_BEFORE: Final = """
select turns.id as id, turns.event as event, turns.delivery as delivery, turns.fate as fate,
    case when turns.ledger is not null then '' end as ledger, count(*) as linked
from links cross join turns
where links.workspace = :workspace and links.height < :height and links.kind <> 'operation'
    and turns.id = links.subject
group by turns.id
"""
"""Turns to which something was linked below a height, and how much; of the ledger only whether there is one."""

DROP_TURN: Final = "delete from turns where id = :id"
"""Let a turn go."""

DROP_EVENT: Final = "delete from events where workspace = :workspace and id = :event"
"""Let an event go."""

DROP_EVENTS: Final = """
delete from events where (workspace, id) in (
    select workspace, id from events
    where at < :before and outcome in ('ignored', 'limited', 'failed') and gone is not null
    order by at limit :most
)
"""
"""Let go of the oldest events that got no turn."""

DROP_OPERATIONS: Final = """
delete from operations where id in (
    select subject from links where workspace = :workspace and height < :height and kind = 'operation'
)
"""
"""Let go of operations that were linked below a height."""

DROP_LINKS: Final = "delete from links where workspace = :workspace and height < :height"
"""Let go of the links below a height."""

DROP_MEMORIES: Final = "delete from memories where scope = :scope and number < :number"
"""Let go of a scope's memories before a number."""

DROP_CALLS: Final = """
delete from calls
where at < :before and at <= coalesce((select at from calls order by at limit 1 offset :most), :before)
"""
"""Let the oldest accounts go. They have no key, so that those of one moment go together."""

# ----------------------------------------------------------------------------------------------- accounts and judges

NOTE_CALL: Final = """
insert into calls (
    at, role, fate, model, instead_of, seconds, first_token,
    input_tokens, cached_tokens, written_tokens, output_tokens, cost, unpriced
) values (
    :at, :role, :fate, :model, :instead_of, :seconds, :first_token,
    :input_tokens, :cached_tokens, :written_tokens, :output_tokens, :cost, :unpriced
)
"""
"""Record one call."""

SPENT: Final = """
select
    coalesce(sum(cost), 0.0) as cost,
    coalesce(sum(unpriced), 0) as unpriced,
    count(*) as calls,
    coalesce(sum(case when fate = 'answered' then 0 else 1 end), 0) as failed
from calls where at >= :since
"""
"""What all calls since then took."""

KEEP_CHECK: Final = """
insert into judge_checks (digest, will, conscience, version, at, passed, report)
values (:digest, :will, :conscience, :version, :at, :passed, :report)
on conflict (digest, will, conscience, version)
do update set at = excluded.at, passed = excluded.passed, report = excluded.report
"""
"""Keep a check in place of the one before it."""

LAST_CHECK: Final = """
select * from judge_checks
where digest = :digest and will = :will and conscience = :conscience and version = :version
"""
"""The one check of these judges that is kept."""

# ---------------------------------------------------------------------------------------------------------- community

ASSIGN: Final = """
insert into assignments (workspace, channel, persona, paused, actor, at)
values (:workspace, :channel, :persona, :paused, :actor, :at)
on conflict (workspace, channel)
do update set persona = excluded.persona, paused = excluded.paused, actor = excluded.actor, at = excluded.at
"""
"""Say who answers in a channel."""

ASSIGNMENTS: Final = "select workspace, channel, persona, paused from assignments order by workspace, channel"
"""Who answers where."""

ANY_TURN: Final = "select id from turns where id = :id"
"""Whether there is a turn."""

VOTE: Final = """
insert into votes (id, turn, author, vote, at) values (:id, :turn, :author, :vote, :at)
on conflict (turn, author) do update set vote = excluded.vote, at = excluded.at
"""
"""Record a vote in place of an earlier one."""

TAKE_BACK: Final = "delete from votes where turn = :turn and author = :author"
"""Let a vote go."""

VOTES: Final = "select vote, count(*) as many from votes where turn = :turn group by vote"
"""The votes on a turn."""

AGREEMENT: Final = """
select count(*) as rated, coalesce(sum(case when (coherence >= :fair) = (leaning > 0) then 1 else 0 end), 0) as agreed
from (
    select turns.coherence as coherence, sum(case votes.vote when 'up' then 1 else -1 end) as leaning
    from votes cross join turns
    where turns.id = votes.turn and turns.scope = :scope and turns.coherence is not null
    group by turns.id, turns.coherence
) as voted
where leaning <> 0
"""
"""How many of a scope's turns are rated, and for how many of them votes and audit say the same. Reads all votes."""

REPORT: Final = """
insert into reports (id, turn, author, reason, at) values (:id, :turn, :author, :reason, :at)
on conflict (turn, author) do nothing
returning id
"""
"""Record an objection; no row comes back for a second one of a member."""

REPORTS: Final = "select count(*) as many from reports where turn = :turn"
"""How many members object to a turn."""

FORGET_VOTERS: Final = """
update votes set author = null
where id in (select id from votes where author is not null and at < :before order by at limit :most)
"""
"""Let go of who voted longest ago."""

FORGET_REPORTERS: Final = """
update reports set author = null, reason = null
where id in (select id from reports where author is not null and at < :before order by at limit :most)
"""
"""Let go of who objected longest ago, and of their words."""

FORGET_REASONS: Final = """
update reports set reason = null
where turn in (select id from turns where workspace = :workspace and event = :event)
"""
"""Let go of what was said of a turn whose words go: it may hold some of them."""

ERASE_VOTES: Final = """
delete from votes
where author = :author and (:until is null or at <= :until)
    and (:workspace is null or turn in (select id from turns where workspace = :workspace))
"""
"""Let a person's votes go."""

ERASE_REPORTS: Final = """
delete from reports
where author = :author and (:until is null or at <= :until)
    and (:workspace is null or turn in (select id from turns where workspace = :workspace))
"""
"""Let a person's objections go."""

FORGET_ASSIGNER: Final = """
update assignments set actor = ''
where actor = :author and (:workspace is null or workspace = :workspace) and (:until is null or at <= :until)
"""
"""Let go of who said who answers in a channel."""

NOTED: Final = "select body from notes where key = :key"
"""A note."""

JOT: Final = "insert into notes (key, body) values (:key, :body) on conflict (key) do update set body = excluded.body"
"""Keep a note in place of the one before it."""

# ------------------------------------------------------------------------------------------------------------- lookup

TURN: Final = "select * from records where id = :id"
"""One turn by its id."""

TO_DELIVER: Final = (
    "select workspace, scope, place, digest, delivery, number, outcome, gone from records where id = :id"
)
"""What a delivery needs to know of a turn. Of a row with all its columns, most time goes into making it."""

CLAIMED: Final = """
select
    id, workspace, event, persona, digest, speaker, context, coaching, outcome, detail, drafting, judging,
    place, scope, number, attempts, withdrawn
from records where id = :id
"""
"""What an audit needs to know of a turn."""

TO_SETTLE: Final = """
select id, workspace, event, place, scope, number, digest, gone, audit, fate, ledger from records where id = :id
"""
"""What needs to be known of a turn to settle its audit."""

TO_FOLD: Final = """
select id, place, scope, number, digest, fate, hole_reason, ledger from turns
where scope = :scope and number = :number
"""
"""What memory needs to know of a number's turn."""

TURN_BY_NUMBER: Final = "select * from records where scope = :scope and number = :number"
"""One turn by its scope's number."""

TURNS: Final = "select * from records where scope = :scope order by position desc limit :limit offset :skip"
"""A page of a scope's turns, newest first."""

TURNS_IN_PLACE: Final = """
select * from records where scope = :scope and place = :place order by position desc limit :limit offset :skip
"""
"""A page of what was said in one place of a scope, newest first."""

TURNS_WITHIN: Final = """
select * from records where scope = :scope and substr(place, 1, length(:within)) = :within
order by position desc limit :limit offset :skip
"""
"""A page of what was said in those places of a scope whose keys begin so, newest first."""

TEXTS: Final = "select part, body, salt from texts where workspace = :workspace and event = :event"
"""What is still kept of one event's and its turn's texts."""

CONVERSATION: Final = """
select id, outcome, detail, digest, speaker, message, draft from shown
where place = :place order by position desc limit :limit
"""
"""A place's last exchanges, newest first."""

SHOWN: Final = "select * from shown where id = :id"
"""One exchange, if a later turn may be shown it."""

ASKED_AS: Final = """
select events.replies_to as replies_to, turns.id as turn
from events left join turns on turns.workspace = events.workspace and turns.event = events.id
where events.place = :place and events.message_id = :message_id
"""
"""What a message replied to, and the turn that answers it, if one does."""

POSTED: Final = """
select id, replies_to from records
where id in (
    select id from turns where place = :place and message_id = :message_id
    union all
    select turn from posts where place = :place and message_id = :message_id
)
order by position desc limit 1
"""
"""The turn whose words were posted under an id, and what its question replied to."""

POSTED_WITHIN: Final = """
select id from records
where id in (
    select id from turns where place >= :within and place < :beyond and message_id = :message_id
    union all
    select turn from posts where place >= :within and place < :beyond and message_id = :message_id
)
order by position desc limit 1
"""
"""Likewise in places whose keys begin with `within`: those below it and that with the last of all characters."""

EXCHANGES: Final = """
select id, outcome, detail, digest, speaker, message, draft from exchanges
where id in (:a, :b, :c, :d, :e, :f, :g, :h) and withdrawn is null
"""
"""Up to eight exchanges, without those that were withdrawn since."""

ENFORCED: Final = """
select detail from (
    select outcome, detail from turns where scope = :scope order by position desc limit :last
) as latest
where outcome = 'suppressed'
"""
"""What the suppressed ones among a scope's last turns broke."""

COUNTS: Final = "select outcome, fate, count(*) as many from turns where scope = :scope group by outcome, fate"
"""A scope's turns by outcome and fate."""

OWED_IN_SCOPE: Final = """
select count(*) as many, min(delivered_at) as oldest from turns where scope = :scope and audit = 'owed'
"""
"""How many audits a scope owes, and since when."""

OWED_OF_SCOPE: Final = """
select * from records where scope = :scope and audit = 'owed' order by delivered_at, position limit :limit
"""
"""What a scope owes audits of, longest first."""

OWED: Final = "select count(*) as many from turns where audit = 'owed'"
"""How many audits are owed at all."""
