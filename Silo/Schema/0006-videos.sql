-- Videos: what users have uploaded and what has become of it, the queue of the encoders, uploads that are still coming.

-- status: 0 uploaded, 1 processing, 2 processed, 3 failed, 4 cancelled (VideoStatus).
-- attempt: counts the times that an encoder took the video. It fences: only the encoder of the latest attempt may write to the row, and
-- its result lies under this number. failures: attempts that came to nothing since the user last asked for it.
create table videos (
    id             bigint      generated always as identity primary key,
    user_id        bigint      not null references users,
    upload         uuid        not null,
    file_name      text        not null,
    uploaded_at    timestamptz not null,
    length         bigint      not null check (length >= 0),
    sha256         bytea       not null check (length(sha256) = 32),
    width          integer     not null,
    height         integer     not null,
    duration_ms    integer     not null,
    has_sound      boolean     not null,
    status         smallint    not null default 0 check (status between 0 and 4),
    percent        smallint    not null default 0,
    attempt        integer     not null default 0,
    failures       integer     not null default 0,
    failure        text,
    encoder        text,
    started_at     timestamptz,
    lease_ends_at  timestamptz,
    finished_at    timestamptz,
    result_length  bigint,
    check ((status = 1) = (lease_ends_at is not null)),
    check ((status = 2) = (result_length is not null))
);

create unique index videos_by_upload on videos (upload);
create index videos_of_user on videos (user_id, id) include (status);
create index videos_waiting on videos (user_id, id) where status = 0;
create index videos_in_work on videos (lease_ends_at) where status = 1;
create index videos_started on videos (user_id, started_at);

-- Their files are still to be removed; and a request to delete that is sent again finds its answer here.
create table deleted_videos (
    id         bigint      primary key,
    request    uuid        not null,
    deleted_at timestamptz not null,
    video      jsonb       not null
);

create index deleted_videos_by_time on deleted_videos (deleted_at);

-- Uploads that may come in several requests and are not whole yet.
create table video_uploads (
    id         uuid        primary key,
    user_id    bigint      not null references users,
    file_name  text        not null,
    length     bigint      not null check (length >= 0),
    expires_at timestamptz not null
);

create index video_uploads_of_user on video_uploads (user_id);
create index video_uploads_by_time on video_uploads (expires_at);

-- What operators look at: protocols.md, section 4. A video counts as uploaded until it is processed or given up.
create view tasks as
select id, user_id,
    to_char(uploaded_at at time zone 'UTC', 'YYYY/MM/DD/') || id || '_' || file_name as file_path,
    uploaded_at as "timestamp",
    case status when 2 then 'processed' when 3 then 'failed' when 4 then 'failed' else 'uploaded' end as status
from videos;
