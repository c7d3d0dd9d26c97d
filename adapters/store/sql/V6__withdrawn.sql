-- Made anew: with events.withdrawn.
drop view records;

create view records as
select
    turns.*,
    events.message_id as asked_id,
    events.author as author,
    events.speaker as speaker,
    events.at as asked_at,
    events.gone as gone,
    events.replies_to as replies_to,
    events.withdrawn as withdrawn
from turns
join events on events.workspace = turns.workspace and events.id = turns.event;
