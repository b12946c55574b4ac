-- The lottery's own rows: draws, who is ready for them, the bets, the winners.
--
-- Bets lie one row to a batch, a column being an array over the bets of the batch. One row is one claim on the batch's id and
-- all of its bets, so "stored once, whole or not at all" is one insert; and Postgres takes a batch of 1000 in a fraction of
-- the time that 1000 rows need. The view `bets` shows one row to a bet.

create table draws (
    draw           integer     primary key,
    opened_at      timestamptz not null default now(),
    held_at        timestamptz,
    winning_number integer,
    check ((held_at is null) = (winning_number is null))
);

-- Exactly one draw is open: holding a draw closes it and opens the next in one transaction, and this index lets no second one in.
create unique index one_draw_is_open on draws ((held_at is null)) where held_at is null;

insert into draws (draw) values (1);

create table ready_agencies (
    draw     integer     not null references draws,
    agency   integer     not null,
    ready_at timestamptz not null,
    primary key (draw, agency)
);

create index ready_agencies_by_agency on ready_agencies (agency, draw);

-- origin: the process that carried the batch to the cluster (its observer's grain id). The same bets from the same origin are two
-- batches; from another one they may be a repetition, and the first origin knows whether its client got the answer.
create table bet_batches (
    agency     integer     not null check (agency > 0),
    id         uuid        not null,
    origin     text        not null,
    draw       integer     not null,
    stored_at  timestamptz not null default now(),
    first_name text[]      not null,
    last_name  text[]      not null,
    document   text[]      not null,
    birthdate  date[]      not null,
    number     integer[]   not null,
    primary key (agency, id)
);

create index bet_batches_by_draw on bet_batches (draw, agency);

-- Not compressed: compressing costs more time than writing the few bytes that it saves.
alter table bet_batches
    alter first_name set storage external,
    alter last_name  set storage external,
    alter document   set storage external,
    alter birthdate  set storage external,
    alter number     set storage external;

-- A batch of the delimited protocol (40 bets, some 2 KB) stays in its row instead of going to the side table for long values.
alter table bet_batches set (toast_tuple_target = 8160);

create view bets as
select b.draw, b.agency, bet.first_name, bet.last_name, bet.document, bet.birthdate, bet.number
from bet_batches b
cross join lateral unnest(b.first_name, b.last_name, b.document, b.birthdate, b.number)
    as bet (first_name, last_name, document, birthdate, number);

-- Found once, when the draw is held. position: the order of the bets, from 1 on, within an agency.
create table winners (
    draw     integer not null references draws,
    agency   integer not null,
    position integer not null,
    document text    not null,
    primary key (draw, agency, position)
);
