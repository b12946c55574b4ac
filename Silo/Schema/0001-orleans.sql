-- What Orleans keeps in PostgreSQL: who is in the cluster, the state of grains, and reminders.
--
-- The ADO.NET providers hold no SQL of their own. They read the table OrleansQuery when a silo or a client starts, look
-- statements up by key, bind @Parameters and read columns by name. Keys, parameters and columns are theirs; the tables and
-- the statements are ours. Each statement here is one plain statement, so it is atomic without functions or transactions.
--
-- Three habits:
--   * A condition that does not hold changes nothing, and is answered with 0 (clustering, reminders) or without a row (storage).
--   * Names are not quoted: PostgreSQL folds them to lower case, and the providers do not mind case.
--   * A later file changes a statement by inserting its key again in the same way. Silos that run keep the text they have read,
--     so a table may gain columns with defaults, but none that a running silo uses may go.

create table OrleansQuery (
  QueryKey  varchar(64)   primary key,
  QueryText varchar(8000) not null
);


-- Clustering. The version row of a deployment is its lock: whoever changes the list of silos holds that row first.

create table OrleansMembershipVersionTable (
  DeploymentId varchar(150) primary key,
  Version      integer      not null default 0
);

create table OrleansMembershipTable (
  DeploymentId varchar(150)   not null references OrleansMembershipVersionTable on delete cascade,
  Address      varchar(45)    not null,
  Port         integer        not null,
  Generation   integer        not null,
  SiloName     varchar(150)   not null,
  HostName     varchar(150)   not null,
  Status       integer        not null,  -- 3 is active, 6 is dead (Orleans.Runtime.SiloStatus)
  ProxyPort    integer        not null,  -- for clients; 0 on a silo that takes none
  SuspectTimes varchar(8000),
  StartTime    timestamptz(3) not null,
  IAmAliveTime timestamptz(3) not null,
  primary key (DeploymentId, Address, Port, Generation)
);

insert into OrleansQuery (QueryKey, QueryText) values
('InsertMembershipVersionKey', $sql$
  with created as (
    insert into OrleansMembershipVersionTable (DeploymentId) values (@DeploymentId)
    on conflict do nothing
    returning 1)
  select count(*)::integer from created
$sql$),
('InsertMembershipKey', $sql$
  with expected as (
    select DeploymentId from OrleansMembershipVersionTable
    where DeploymentId = @DeploymentId and Version = @Version
    for update),
  joined as (
    insert into OrleansMembershipTable
      (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
    select DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
    from expected
    on conflict do nothing
    returning DeploymentId),
  raised as (
    update OrleansMembershipVersionTable v set Version = v.Version + 1
    from joined where v.DeploymentId = joined.DeploymentId
    returning 1)
  select count(*)::integer from raised
$sql$),
('UpdateMembershipKey', $sql$
  with expected as (
    select DeploymentId from OrleansMembershipVersionTable
    where DeploymentId = @DeploymentId and Version = @Version
    for update),
  changed as (
    update OrleansMembershipTable m
    set Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
    from expected
    where m.DeploymentId = expected.DeploymentId and Address = @Address and Port = @Port and Generation = @Generation
    returning m.DeploymentId),
  raised as (
    update OrleansMembershipVersionTable v set Version = v.Version + 1
    from changed where v.DeploymentId = changed.DeploymentId
    returning 1)
  select count(*)::integer from raised
$sql$),
('UpdateIAmAlivetimeKey', $sql$
  update OrleansMembershipTable set IAmAliveTime = @IAmAliveTime
  where DeploymentId = @DeploymentId and Address = @Address and Port = @Port and Generation = @Generation
$sql$),
('MembershipReadRowKey', $sql$
  select v.DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, SuspectTimes,
         StartTime, IAmAliveTime, Version
  from OrleansMembershipVersionTable v
  left join OrleansMembershipTable m
    on m.DeploymentId = v.DeploymentId and Address = @Address and Port = @Port and Generation = @Generation
  where v.DeploymentId = @DeploymentId
$sql$),
('MembershipReadAllKey', $sql$
  select v.DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, SuspectTimes,
         StartTime, IAmAliveTime, Version
  from OrleansMembershipVersionTable v
  left join OrleansMembershipTable m on m.DeploymentId = v.DeploymentId
  where v.DeploymentId = @DeploymentId
$sql$),
('GatewaysQueryKey', $sql$
  select Address, ProxyPort, Generation from OrleansMembershipTable
  where DeploymentId = @DeploymentId and Status = @Status and ProxyPort > 0
$sql$),
('DeleteMembershipTableEntriesKey', $sql$
  delete from OrleansMembershipVersionTable where DeploymentId = @DeploymentId
$sql$),
('CleanupDefunctSiloEntriesKey', $sql$
  delete from OrleansMembershipTable
  where DeploymentId = @DeploymentId and Status <> 3 and IAmAliveTime < @IAmAliveTime
$sql$)
on conflict (QueryKey) do update set QueryText = excluded.QueryText;


-- Grain storage. A grain is the whole of seven columns; the hashes only find it fast. Its key is in N0 and N1 when it is a number or
-- a GUID, in the extension when it is text, in both when it is compound. Two first writes of one grain meet in the unique
-- constraint, which takes null for a value like any other: one of them gets version 1, the other no row.
-- The room left on each page keeps an update of the payload from touching the index.

create table OrleansStorage (
  GrainIdHash            integer        not null,
  GrainTypeHash          integer        not null,
  GrainIdN0              bigint         not null,
  GrainIdN1              bigint         not null,
  ServiceId              varchar(150)   not null,
  GrainTypeString        varchar(512)   not null,
  GrainIdExtensionString varchar(512),
  PayloadBinary          bytea,         -- null once the grain has cleared its state
  ModifiedOn             timestamptz(3) not null default now(),
  Version                integer        not null default 1,
  constraint OrleansStorageIdentity unique nulls not distinct
    (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, ServiceId, GrainTypeString, GrainIdExtensionString)
) with (fillfactor = 70);

insert into OrleansQuery (QueryKey, QueryText) values
('ReadFromStorageKey', $sql$
  select PayloadBinary, ModifiedOn, Version from OrleansStorage
  where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
    and ServiceId = @ServiceId and GrainTypeString = @GrainTypeString
    and GrainIdExtensionString is not distinct from @GrainIdExtensionString
$sql$),
('WriteToStorageKey', $sql$
  with changed as (
    update OrleansStorage set PayloadBinary = @PayloadBinary, ModifiedOn = now(), Version = Version + 1
    where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
      and ServiceId = @ServiceId and GrainTypeString = @GrainTypeString
      and GrainIdExtensionString is not distinct from @GrainIdExtensionString
      and Version = @GrainStateVersion
    returning Version),
  created as (
    insert into OrleansStorage
      (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, ServiceId, GrainTypeString, GrainIdExtensionString, PayloadBinary)
    select @GrainIdHash, @GrainTypeHash, @GrainIdN0, @GrainIdN1, @ServiceId, @GrainTypeString, @GrainIdExtensionString, @PayloadBinary
    where @GrainStateVersion is null
    on conflict do nothing
    returning Version)
  select Version as NewGrainStateVersion from changed
  union all
  select Version from created
$sql$),
('ClearStorageKey', $sql$
  update OrleansStorage set PayloadBinary = null, ModifiedOn = now(), Version = Version + 1
  where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
    and ServiceId = @ServiceId and GrainTypeString = @GrainTypeString
    and GrainIdExtensionString is not distinct from @GrainIdExtensionString
    and Version = @GrainStateVersion
  returning Version as NewGrainStateVersion
$sql$),
('DeleteStorageKey', $sql$
  delete from OrleansStorage
  where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
    and ServiceId = @ServiceId and GrainTypeString = @GrainTypeString
    and GrainIdExtensionString is not distinct from @GrainIdExtensionString
    and Version = @GrainStateVersion
  returning Version + 1 as NewGrainStateVersion
$sql$)
on conflict (QueryKey) do update set QueryText = excluded.QueryText;


-- Reminders. Silos share them out by ranges of the grain's hash, on a ring of signed integers: the second range query is for the
-- range that passes the ring's end.

create table OrleansRemindersTable (
  ServiceId    varchar(150)   not null,
  GrainId      varchar(150)   not null,
  ReminderName varchar(150)   not null,
  StartTime    timestamptz(3) not null,
  Period       bigint         not null,  -- milliseconds
  GrainHash    integer        not null,
  Version      integer        not null default 1,
  primary key (ServiceId, GrainId, ReminderName)
);

create index OrleansRemindersByHash on OrleansRemindersTable (ServiceId, GrainHash);

insert into OrleansQuery (QueryKey, QueryText) values
('UpsertReminderRowKey', $sql$
  insert into OrleansRemindersTable as known (ServiceId, GrainId, ReminderName, StartTime, Period, GrainHash)
  values (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash)
  on conflict (ServiceId, GrainId, ReminderName) do update
  set StartTime = excluded.StartTime, Period = excluded.Period, GrainHash = excluded.GrainHash, Version = known.Version + 1
  returning Version
$sql$),
('ReadReminderRowsKey', $sql$
  select GrainId, ReminderName, StartTime, Period, Version from OrleansRemindersTable
  where ServiceId = @ServiceId and GrainId = @GrainId
$sql$),
('ReadReminderRowKey', $sql$
  select GrainId, ReminderName, StartTime, Period, Version from OrleansRemindersTable
  where ServiceId = @ServiceId and GrainId = @GrainId and ReminderName = @ReminderName
$sql$),
('ReadRangeRows1Key', $sql$
  select GrainId, ReminderName, StartTime, Period, Version from OrleansRemindersTable
  where ServiceId = @ServiceId and GrainHash > @BeginHash and GrainHash <= @EndHash
$sql$),
('ReadRangeRows2Key', $sql$
  select GrainId, ReminderName, StartTime, Period, Version from OrleansRemindersTable
  where ServiceId = @ServiceId and (GrainHash > @BeginHash or GrainHash <= @EndHash)
$sql$),
('DeleteReminderRowKey', $sql$
  with deleted as (
    delete from OrleansRemindersTable
    where ServiceId = @ServiceId and GrainId = @GrainId and ReminderName = @ReminderName and Version = @Version
    returning 1)
  select count(*)::integer from deleted
$sql$),
('DeleteReminderRowsKey', $sql$
  delete from OrleansRemindersTable where ServiceId = @ServiceId
$sql$)
on conflict (QueryKey) do update set QueryText = excluded.QueryText;
