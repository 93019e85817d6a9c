/** Share of a lease's unused part that is announced for use: what a dead replica may have spent without saying so. */
const ARMED = 0.5;
/** As many times the largest amount asked for must be left, or a lease holds no more than what is asked. */
const NEAR = 20;

/**
 * Version 1. Money is counted in whole billionths of a dollar.
 *
 * `budgets.held` is what leases have, `budgets.spent` what was settled; their sum never passes the limit. Each change of a budget goes through
 * `sync_lease`, under the lock of its row. A lease has `units`; `open` of them are held for requests, and `armed`, at least as many, are
 * those that its replica may use before it speaks again. When a replica falls silent, `armed` counts as spent, and the rest comes back.
 *
 * Decisions are numbered under a lock that is held until they can be seen, so that whoever reads behind a number misses none.
 */
export const schema1 = (s: string): string => `
create table ${s}.budgets (
  scope text not null,
  per text not null,
  "window" text not null,
  spent bigint not null default 0 check (spent >= 0),
  held bigint not null default 0 check (held >= 0),
  primary key (scope, per, "window")
);

create table ${s}.leases (
  id uuid primary key,
  scope text not null,
  per text not null,
  "window" text not null,
  seq bigint not null,
  settled bigint not null,
  units bigint not null check (units >= 0),
  armed bigint not null,
  open bigint not null,
  expires timestamptz not null,
  foreign key (scope, per, "window") references ${s}.budgets
);
create index leases_of_budget on ${s}.leases (scope, per, "window");
create index leases_by_end on ${s}.leases (expires);

create table ${s}.decisions (
  seq bigint generated always as identity primary key,
  id text not null unique,
  tenant text not null,
  at timestamptz not null,
  record json not null
);
create index decisions_of_tenant on ${s}.decisions (tenant, seq desc);

create table ${s}.feedback (
  decision bigint not null references ${s}.decisions on delete cascade,
  id text not null,
  seq bigint generated always as identity,
  said json not null,
  meaning text not null,
  primary key (decision, id)
);

create function ${s}.end_leases(p_scope text, p_per text, p_window text, p_but uuid) returns void language plpgsql as $$
declare
  back bigint;
  lost bigint;
begin
  perform 1 from ${s}.budgets b where b.scope = p_scope and b.per = p_per and b."window" = p_window for update;
  with ended as (
    delete from ${s}.leases l
    where l.scope = p_scope and l.per = p_per and l."window" = p_window and l.expires < clock_timestamp() and l.id <> p_but
    returning l.units, l.armed
  )
  select coalesce(sum(units), 0), coalesce(sum(armed), 0) into back, lost from ended;
  if back > 0 or lost > 0 then
    update ${s}.budgets b set held = b.held - back, spent = b.spent + lost
    where b.scope = p_scope and b.per = p_per and b."window" = p_window;
  end if;
end $$;

create function ${s}.sync_lease(
  p_id uuid, p_scope text, p_per text, p_window text, p_fresh boolean, p_seq bigint, p_settled bigint, p_open bigint,
  p_asks bigint[], p_keep bigint, p_limit bigint, p_share float8, p_ttl_ms int, p_recall text
) returns table (state text, armed bigint, elsewhere bigint) language plpgsql as $$
declare
  b ${s}.budgets%rowtype;
  l ${s}.leases%rowtype;
  ask bigint;
  largest bigint := 0;
  granted bigint := 0;
  wanted bigint;
  spare bigint := 0;
  available bigint;
  fresh boolean;
begin
  insert into ${s}.budgets (scope, per, "window") values (p_scope, p_per, p_window) on conflict do nothing;
  perform ${s}.end_leases(p_scope, p_per, p_window, p_id);
  select * into b from ${s}.budgets t where t.scope = p_scope and t.per = p_per and t."window" = p_window for update;
  select * into l from ${s}.leases t where t.id = p_id;
  fresh := not found;
  if fresh then
    if not p_fresh then
      return query select 'ended', 0::bigint, 0::bigint;
      return;
    end if;
    l.settled := 0;
    l.units := 0;
  elsif p_seq <= l.seq then
    raise exception 'lease % has gone on from % to %', p_id, p_seq, l.seq;
  end if;
  b.spent := b.spent + p_settled - l.settled;
  b.held := b.held - l.units;
  available := greatest(0, p_limit - b.spent - b.held - p_open);
  foreach ask in array p_asks loop
    if ask <= available - granted then granted := granted + ask; else wanted := least(wanted, ask); end if;
    largest := greatest(largest, ask);
  end loop;
  if wanted is null and granted > 0 and available - granted >= ${NEAR} * largest then
    spare := floor(p_share * (available - granted));
  elsif granted = 0 then
    spare := least(p_keep, floor(p_share * available));
  end if;
  l.units := p_open + granted + spare;
  l.armed := p_open + granted + ceil(spare * ${ARMED});
  update ${s}.budgets t set spent = b.spent, held = b.held + l.units
  where t.scope = p_scope and t.per = p_per and t."window" = p_window;
  if l.units = 0 then
    delete from ${s}.leases t where t.id = p_id;
  elsif fresh then
    insert into ${s}.leases (id, scope, per, "window", seq, settled, units, armed, open, expires)
    values (p_id, p_scope, p_per, p_window, p_seq, p_settled, l.units, l.armed, p_open + granted,
      clock_timestamp() + p_ttl_ms * interval '1 millisecond');
  else
    update ${s}.leases t set seq = p_seq, settled = p_settled, units = l.units, armed = l.armed, open = p_open + granted,
      expires = clock_timestamp() + p_ttl_ms * interval '1 millisecond'
    where t.id = p_id;
  end if;
  state := case when l.units = 0 then 'closed' else 'held' end;
  armed := l.armed;
  select coalesce(sum(t.units - t.open), 0) into elsewhere from ${s}.leases t
  where t.scope = p_scope and t.per = p_per and t."window" = p_window and t.id <> p_id;
  if wanted is null or available - granted + elsewhere < wanted then
    elsewhere := 0;
  elsif p_recall is not null then
    perform pg_notify('${s}', p_recall);
  end if;
  return next;
end $$;

create function ${s}.spent_in(p_scope text, p_per text, p_window text) returns bigint language plpgsql as $$
begin
  perform ${s}.end_leases(p_scope, p_per, p_window, '00000000-0000-0000-0000-000000000000');
  return coalesce((
    select b.spent + coalesce((
      select sum(l.open) from ${s}.leases l where l.scope = b.scope and l.per = b.per and l."window" = b."window"), 0)
    from ${s}.budgets b where b.scope = p_scope and b.per = p_per and b."window" = p_window), 0);
end $$;

create function ${s}.append_decisions(p_ids text[], p_tenants text[], p_ats float8[], p_records text[]) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('${s}'), hashtext('decisions'));
  insert into ${s}.decisions (id, tenant, at, record)
  select r.id, r.tenant, to_timestamp(r.at / 1000), r.record::json
  from unnest(p_ids, p_tenants, p_ats, p_records) with ordinality r (id, tenant, at, record, n)
  order by r.n
  on conflict (id) do nothing;
end $$;
`;
