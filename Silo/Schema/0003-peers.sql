-- The peers' own rows: who is registered, who is logged in and where, which files they share, which ones they have published to
-- Granero's store.

create table peers (
    peer          text        primary key,
    -- Salted and slow, in the format of ASP.NET Core's PasswordHasher, which tells its own iterations.
    password_hash text        not null,
    registered_at timestamptz not null
);

create table logged_in_peers (
    peer           text        primary key references peers,
    address        text        not null,
    -- The IP that logged the peer in, in canonical text: whoever calls from it may act for the peer.
    logged_in_from text        not null,
    -- SHA-256: the token itself is nowhere.
    token_hash     bytea       not null check (length(token_hash) = 32),
    logged_in_at   timestamptz not null,
    lease_ends_at  timestamptz not null
);

create unique index one_peer_at_an_address on logged_in_peers (address);
create index logged_in_peers_by_ip on logged_in_peers (logged_in_from);
create index logged_in_peers_by_token on logged_in_peers (token_hash);
create index logged_in_peers_by_lease on logged_in_peers (lease_ends_at);

-- Written only in transactions that hold the peer's row of logged_in_peers, which takes the place of a foreign key: checking one
-- for each of ten thousand names costs more than storing them. position: what was indexed earlier has the smaller one.
create table shared_files (
    slice     integer not null,
    file_name text    not null,
    peer      text    not null,
    position  bigint  generated always as identity,
    primary key (slice, file_name, peer)
);

create index shared_files_by_peer on shared_files (peer);

-- The bytes lie in the store under the content's id. replaced: the content that this one took the place of.
create table published_files (
    peer         text        not null references peers,
    file_name    text        not null,
    content      uuid        not null unique,
    length       bigint      not null check (length >= 0),
    sha256       bytea       not null check (length(sha256) = 32),
    published_at timestamptz not null,
    replaced     uuid,
    primary key (peer, file_name)
);

create index published_files_by_name on published_files (file_name, published_at);
