-- Remote tasks: runs of containers, and the runners (silos with an engine) that have them in hand. Credentials are nowhere.

-- Containers carry this id as a label, so that one engine can serve several databases and nobody removes what is another's.
create table task_installation (
    id uuid primary key default gen_random_uuid()
);

insert into task_installation default values;

-- A runner is one start of a silo. Those whose lease has run out are dead, and so is whoever was at the address before.
create table task_runners (
    runner        uuid        primary key,
    silo          text        not null unique,
    lease_ends_at timestamptz not null
);

-- runner: who has it in hand; whoever changes the row says that it still is, or that the runner is dead.
-- parameters, additional_data: JSON as it was sent. Not jsonb, which knows no order and no digits beyond its own.
create table remote_tasks (
    id              uuid        primary key,
    image           text        not null,
    calculation     text        not null,
    parameters      text        not null,
    additional_data text,
    state           text        not null check (state in ('queued', 'preparing', 'starting', 'running', 'succeeded', 'failed', 'cancelled')),
    runner          uuid,
    attempts        integer     not null default 0,
    image_digest    text,
    error_kind      text,
    error           text,
    status_code     integer,
    answer          bytea,
    answer_type     text,
    created_at      timestamptz not null default now(),
    started_at      timestamptz,
    running_at      timestamptz,
    ended_at        timestamptz,
    check ((ended_at is null) = (state in ('queued', 'preparing', 'starting', 'running')))
);

create index unfinished_remote_tasks on remote_tasks (created_at) where ended_at is null;
create index remote_tasks_by_age on remote_tasks (created_at, id);
