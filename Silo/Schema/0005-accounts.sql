-- Accounts: who has signed up, and the keys that the gateways' tokens are made with.
--
-- `users` is for operators too, so nothing about passwords is in it.

create table users (
    id         bigint      generated always as identity primary key,
    username   text        not null,
    email      text        not null,
    created_at timestamptz not null
);

-- These two decide who wins when two sign up at once.
create unique index users_by_username on users (username);
create unique index users_by_email on users (lower(email));

create table user_secrets (
    user_id       bigint primary key references users on delete cascade,
    -- Salted and slow, in the format of ASP.NET Core's PasswordHasher, which tells its own iterations.
    password_hash text   not null,
    -- The id that the gateway gave to the sign-up, so that one that is sent again is known.
    sign_up       uuid   not null
);

-- The ring of ASP.NET Core's data protection: whoever can read these can make tokens.
create table token_keys (
    name       text        primary key,
    xml        text        not null,
    created_at timestamptz not null default now()
);
