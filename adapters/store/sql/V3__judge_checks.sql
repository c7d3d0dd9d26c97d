-- What is known of the judges: the latest check of each pair of them under each wording.

create table judge_checks (
    digest text not null, -- of the profile; a profile that was only checked is not kept
    will text not null,
    conscience text not null,
    version text not null,
    at bigint not null,
    passed bigint not null check (passed in (0, 1)),
    report text not null, -- JSON
    primary key (digest, will, conscience, version)
);
