-- What operators need: their accounts, their sessions, and a record of what they changed; the deadline that one gives a draw, and the
-- counts of draws that are held, so that a list of them does not read their bets.

create table operators (
    operator      text        primary key,
    -- Salted and slow, in the format of ASP.NET Core's PasswordHasher, which tells its own iterations.
    password_hash text        not null,
    -- The hash of the password that a file gave, which is taken again only when the file says another one: the operator may have changed it.
    given_hash    text,
    made_at       timestamptz not null
);

create table operator_sessions (
    -- SHA-256: the token itself is nowhere.
    token_hash bytea       primary key check (length(token_hash) = 32),
    operator   text        not null references operators on delete cascade,
    from_ip    text        not null,
    began_at   timestamptz not null,
    ends_at    timestamptz not null
);

create index operator_sessions_by_end on operator_sessions (ends_at);

-- A row is written before the change is tried, and gets its outcome afterwards: one without an outcome may or may not have happened.
create table operator_audit (
    entry    bigint      generated always as identity primary key,
    at       timestamptz not null,
    operator text        not null,
    from_ip  text        not null,
    action   text        not null,
    target   text        not null,
    detail   text,
    outcome  text
);

-- Set by an operator: the draw is held then, whoever is ready. Null: the settings decide.
alter table draws add column deadline timestamptz;

-- Who may not log in.
alter table users add column disabled_at timestamptz;

-- Of draws that are held, to which nothing is added any more. Filled when it is first asked for.
create table draw_tallies (
    draw    integer not null references draws,
    agency  integer not null,
    batches bigint  not null,
    bets    bigint  not null,
    primary key (draw, agency)
);
