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
insert into events (workspace, id, place, message_id, author, speaker, at)
values (:workspace, :id, :place, :message_id, :author, :speaker, :at)
on conflict do nothing
returning id
"""
"""Record an event; no row comes back for one that is there by its id or its message."""

CLOSE_EVENT: Final = """
update events set outcome = :outcome, reason = :reason
where workspace = :workspace and id = :id and outcome is null
returning id
"""
"""Give an event its outcome; no row comes back if it has one already, or was never accepted."""

KEEP_TEXT: Final = """
insert into texts (workspace, event, part, body) values (:workspace, :event, :part, :body)
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
insert into scopes (id, numbered, folded) values (:scope, 1, 0)
on conflict (id) do update set numbered = scopes.numbered + 1
returning numbered
"""
"""Take the next number of a scope, which comes to be with its first."""

DELIVER_TURN: Final = """
update turns
set delivery = 'delivered', delivered_at = :at, message_id = :message_id, number = :number, audit = :audit, due = :due
where id = :id
"""
"""Record that a turn was sent, and what that owes."""

RELEASE_CLAIMS: Final = "update turns set lease = null where audit = 'owed' and lease is not null"
"""Let go of every claim: whoever held them is gone."""

DOUBT_DELIVERIES: Final = "update turns set delivery = 'unknown' where delivery = 'committed'"
"""Nobody knows whether these were sent."""

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

KEEP_WASTED: Final = "update turns set wasted = :wasted where id = :id"
"""What a turn's audits took that gave no ledger."""

LAND_LEDGER: Final = """
update turns set
    audit = 'landed', lease = null, ledger = :ledger, landed_at = :at,
    coherence = :coherence, confidence = :confidence, drift = :drift
where id = :id
"""
"""Record a ledger. Its reading is known now only if its number will never be folded."""

MARK_FOLDED: Final = """
update turns set fate = 'folded', coherence = :coherence, confidence = :confidence, drift = :drift where id = :id
"""
"""Record that a number went into memory, and what it said."""

ABANDON_AUDIT: Final = """
update turns set
    audit = 'abandoned', lease = null, fate = 'hole',
    hole_reason = coalesce(hole_reason, :reason)
where id = :id and audit = 'owed'
returning scope
"""
"""Give an audit up; a number that is a hole already keeps its reason."""

BLOCKED_SCOPES: Final = """
select scopes.id as scope, max(turns.number) as reach
from scopes join turns on turns.scope = scopes.id and turns.number > scopes.folded
where turns.landed_at < :blocked_since
group by scopes.id order by scopes.id
"""
"""Scopes with a ledger that waited too long, and its highest number: what is open below has blocked too long."""

MAKE_HOLES: Final = """
update turns set fate = 'hole', hole_reason = :reason
where scope = :scope and number < :reach and number > (select folded from scopes where id = :scope)
    and landed_at is null and fate is null
"""
"""Make holes of the open numbers below `reach`. Their audits stay owed."""

SCOPE: Final = "select * from scopes where id = :scope"
"""One scope."""

SAVE_SCOPE: Final = "update scopes set folded = :folded, state = :state where id = :scope"
"""A scope's state and its last folded number, which only ever move together."""

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

# ------------------------------------------------------------------------------------------------------------- lookup

TURN: Final = "select * from records where id = :id"
"""One turn by its id."""

TURN_BY_NUMBER: Final = "select * from records where scope = :scope and number = :number"
"""One turn by its scope's number."""

TURNS: Final = "select * from records where scope = :scope order by position desc limit :limit offset :skip"
"""A page of a scope's turns, newest first."""

TURNS_IN_PLACE: Final = """
select * from records where scope = :scope and place = :place order by position desc limit :limit offset :skip
"""
"""A page of what was said in one place of a scope, newest first."""

TEXTS: Final = "select part, body from texts where workspace = :workspace and event = :event"
"""What is still kept of one event's and its turn's texts."""

CONVERSATION: Final = """
select * from records
where place = :place and delivery = 'delivered' and outcome in ('approved', 'suppressed')
    and exists (
        select 1 from texts
        where texts.workspace = records.workspace and texts.event = records.event and texts.part = 'message'
    )
    and (outcome = 'suppressed' or exists (
        select 1 from texts
        where texts.workspace = records.workspace and texts.event = records.event and texts.part = 'draft'
    ))
order by position desc limit :limit
"""
"""A place's last exchanges, newest first. One whose words are gone is left out: a placeholder helps no prompt."""

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

OWED: Final = "select count(*) as many from turns where audit = 'owed'"
"""How many audits are owed at all."""
