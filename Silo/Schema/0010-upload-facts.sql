-- More that is known of an upload from its beginning on.
--
-- channels: of the sound; 0 when there is none, or nobody counted. Metadata: as the client of a resumable upload sent it, which it may ask for
-- again; null for none.
alter table videos add column channels integer not null default 0, add column upload_metadata text;
alter table video_uploads add column metadata text;
