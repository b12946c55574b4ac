-- A silo that was declared dead may not know it yet: it stood still, or was cut off. What it had begun has meanwhile been done by another silo,
-- so that whatever it still writes comes too late and may be there twice.
--
-- Its sessions, which carry its address in their names (Grains/Support/SiloSessions.cs), are ended before its death is committed, and
-- those that it opens later refuse themselves.

create function end_sessions_of_dead_silo() returns trigger language plpgsql as $$
begin
  perform pg_terminate_backend(pid, 1000)
  from pg_stat_activity
  where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
    and starts_with(application_name, format('%s:%s@%s ', new.Address, new.Port, new.Generation));
  return null;
end $$;

create trigger end_sessions_of_dead_silo after update on OrleansMembershipTable
for each row when (new.Status = 6 and old.Status <> 6) execute function end_sessions_of_dead_silo();

-- Refuses a silo that is dead, or was and is forgotten. A deployment that is not in these tables keeps its members elsewhere.
create function refuse_dead_silo(deployment text, silo_address text, silo_port integer, silo_generation integer) returns void language plpgsql as $$
begin
  if exists (select from OrleansMembershipVersionTable where DeploymentId = deployment)
    and not exists (
      select from OrleansMembershipTable
      where DeploymentId = deployment and Address = silo_address and Port = silo_port and Generation = silo_generation and Status <> 6)
  then
    raise exception 'The silo %:%@% was declared dead, and another one has its work.', silo_address, silo_port, silo_generation
      using errcode = 'GR001';
  end if;
end $$;
