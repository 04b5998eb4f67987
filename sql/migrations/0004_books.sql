-- The accounting books: double entry in integer dong, insert only, every transaction a leaf of an RFC 6962 tree.
--
-- Guards look at whole statements, not rows: a transaction and its postings arrive in one INSERT, so one look at what
-- arrived decides for a thousand transactions at once. A later statement can add nothing to an older transaction.

set local role chitra_owner;

create table books.ledger_account (
	id integer generated always as identity primary key,
	code text not null unique check (code ~ '^[a-z]+(:[0-9A-Za-z._-]+)+$'),
	normal smallint not null check (normal in (1, -1)),	-- 1: debit is plus (assets, expenses); -1: credit
	floor_dong bigint,					-- normal * balance may not go below; null: no floor
	check (floor_dong is null or code ~ '^(assets|liabilities):')
);

-- What an account's first part makes of it. Only assets and liabilities have a floor: cancelling after a period's close may
-- rightly drive an income or expense account below zero.
create function books.normal_of(code text) returns smallint language sql immutable
set search_path = pg_catalog
as $$ select case when split_part(code, ':', 1) in ('assets', 'expenses') then 1 else -1 end::smallint $$;

create table books.txn (
	seq bigint primary key check (seq >= 0),		-- leaf index
	idem text not null unique,
	idem_hash bytea not null check (length(idem_hash) = 32),	-- of the meaning; the same key with another is a conflict
	kind text not null,
	effective date not null,
	recorded timestamptz not null,
	late boolean not null default false,
	reverses bigint,
	legs smallint not null check (legs = 0 or legs >= 2),
	leaf bytea not null check (length(leaf) <= 65535),
	leaf_hash bytea not null check (leaf_hash = sha256('\x00'::bytea || leaf)),
	made_by xid8 not null default pg_current_xact_id()
);
alter table books.txn alter column leaf set storage main;
create unique index on books.txn (reverses) where reverses is not null;

create table books.posting (
	seq bigint not null,
	n smallint not null check (n >= 1),
	account integer not null,
	amount bigint not null check (amount <> 0),		-- debit positive
	balance_after bigint not null,				-- of the account, by recorded order
	primary key (seq, n)
);
create index on books.posting (account, seq desc, n desc) include (balance_after);

create table books.balance (
	account integer primary key references books.ledger_account,
	balance bigint not null default 0,
	last_seq bigint
) with (fillfactor = 20);

-- What an account moved by on an effective day, for as-of answers on that clock.
create table books.balance_day (
	account integer not null references books.ledger_account,
	day date not null,
	moved bigint not null,
	primary key (account, day)
) with (fillfactor = 50);

create table books.counter (
	one boolean primary key default true check (one),
	next_seq bigint not null default 0
) with (fillfactor = 10);
insert into books.counter default values;

-- The tree as of a size: one hash per set bit, largest subtree first.
create table books.tree_head (
	size bigint primary key check (size > 0),
	nodes bytea not null,
	root bytea not null check (length(root) = 32),
	at timestamptz not null default now()
);
create table books.checkpoint (
	size bigint primary key references books.tree_head,
	note bytea not null,			-- the signed note, byte for byte as it went to the archive
	at timestamptz not null default now()
);
create table books.cosignature (
	size bigint not null references books.checkpoint,
	witness text not null,
	line bytea not null,
	at timestamptz not null default now(),
	primary key (size, witness)
);

-- ---------------------------------------------------------------- guards

create function books.guard_txn() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	bad bigint;
begin
	select t.seq into bad from fresh t where t.made_by <> pg_current_xact_id() limit 1;
	if found then
		raise exception 'foreign_txn: ledger transaction % does not belong to this database transaction', bad using errcode = 'CH001';
	end if;
	select t.seq into bad from fresh t where t.legs <> 0 and t.legs <> (
		select count(*) from books.posting p where p.seq = t.seq) limit 1;
	if found then
		raise exception 'legs: ledger transaction % has not the postings that it says', bad using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard after insert on books.txn referencing new table as fresh
	for each statement execute function books.guard_txn();

create function books.guard_posting() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	bad bigint;
begin
	select f.seq into bad
		from (select seq, sum(amount) as total, count(*) as legs from fresh group by seq) f
		left join books.txn t on t.seq = f.seq
		where t.seq is null or f.total <> 0 or f.legs <> t.legs or t.made_by <> pg_current_xact_id()
		limit 1;
	if found then
		raise exception 'unbalanced: the postings of ledger transaction % are not whole, do not add up to 0, or come too late', bad
			using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard after insert on books.posting referencing new table as fresh
	for each statement execute function books.guard_posting();

do $$
declare
	t regclass;
begin
	foreach t in array array['books.txn', 'books.posting', 'books.tree_head', 'books.checkpoint', 'books.cosignature',
		'books.ledger_account']::regclass[] loop
		execute format('create trigger append_only before update or delete on %s for each row execute function ops.refuse_change()', t);
		execute format('create trigger append_only_all before truncate on %s execute function ops.refuse_change()', t);
	end loop;
	foreach t in array array['books.balance', 'books.balance_day', 'books.counter']::regclass[] loop
		execute format('create trigger kept before delete on %s for each row execute function ops.refuse_change()', t);
		execute format('create trigger kept_all before truncate on %s execute function ops.refuse_change()', t);
	end loop;
end $$;

-- ---------------------------------------------------------------- the one way in

-- The ids of these accounts, made where they are new.
create function books.account_ids(codes text[]) returns table (code text, id integer) language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	with fresh as (
		insert into books.ledger_account as a (code, normal, floor_dong)
		select distinct c, books.normal_of(c), case when c ~ '^(assets|liabilities):' then 0 end
		from unnest(codes) as c
		where not exists (select from books.ledger_account x where x.code = c)
		on conflict do nothing
		returning a.id
	)
	insert into books.balance (account) select f.id from fresh f on conflict do nothing;
	return query select a.code, a.id from books.ledger_account a where a.code = any (codes);
end $$;

-- Begins posting: takes the sequence (held until commit, so what follows is short), and says which keys are already in the
-- books. A known key with another meaning is a conflict and ends the transaction.
create function books.begin_post(idems text[], idem_hashes bytea[])
returns table (first_seq bigint, recorded timestamptz, known integer[]) language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	conflict text;
	n bigint;
	have integer[];
begin
	select c.next_seq into n from books.counter c for update;
	select array_agg(i.k::integer order by i.k), min(i.idem) filter (where t.idem_hash <> i.h) into have, conflict
		from unnest(idems, idem_hashes) with ordinality as i(idem, h, k) join books.txn t on t.idem = i.idem;
	if conflict is not null then
		raise exception 'idem_conflict: % is already in the books with another content', conflict using errcode = 'CH001';
	end if;
	return query select n, clock_timestamp(), coalesce(have, '{}');
end $$;
alter function books.begin_post(text[], bytea[]) set plan_cache_mode = force_custom_plan;

-- Posts n transactions and their m postings as one statement. txn arrays have n elements in seq order from `first` on;
-- posting arrays have m, `of` being 1…n. Returns the accounts that went below their floor, when `floors` is false (a
-- bank's fact is recorded all the same); when it is true, such a posting is refused.
create function books.post(first bigint, recorded_at timestamptz, idems text[], idem_hashes bytea[], kinds text[],
	effectives date[], lates boolean[], reversed bigint[], legs smallint[], leaves bytea[], leaf_hashes bytea[],
	"of" integer[], accounts integer[], amounts bigint[], floors boolean)
returns setof text language plpgsql security definer
set search_path = pg_catalog
as $$
#variable_conflict use_column
declare
	below text[];
	expected bigint;
begin
	select next_seq into expected from books.counter for update;
	if expected <> post.first then
		raise exception 'sequence: expected % and got %; begin_post comes first', expected, post.first using errcode = 'CH001';
	end if;

	perform from books.balance b where b.account = any (post.accounts) order by b.account for update;

	with leg as (
		select l.i, post.first + l.i - 1 as seq, l.account, l.amount, l.k
		from unnest(post."of", post.accounts, post.amounts) with ordinality as l(i, account, amount, k)
	), t as (
		insert into books.txn (seq, idem, idem_hash, kind, effective, recorded, late, reverses, legs, leaf, leaf_hash)
		select post.first + x.k - 1, x.idem, x.h, x.kind, x.effective, post.recorded_at, x.late, x.reverses, x.legs, x.leaf, x.leaf_hash
		from unnest(post.idems, post.idem_hashes, post.kinds, post.effectives, post.lates, post.reversed, post.legs,
			post.leaves, post.leaf_hashes) with ordinality
			as x(idem, h, kind, effective, late, reverses, legs, leaf, leaf_hash, k)
	)
	insert into books.posting (seq, n, account, amount, balance_after)
	select leg.seq, (row_number() over (partition by leg.seq order by leg.k))::smallint, leg.account, leg.amount,
		(b.balance + sum(leg.amount) over (partition by leg.account order by leg.k rows unbounded preceding))::bigint
	from leg join books.balance b on b.account = leg.account;

	update books.balance b set balance = b.balance + s.amount, last_seq = post.first + s.i - 1
		from (select l.account, sum(l.amount)::bigint as amount, max(l.i) as i
			from unnest(post."of", post.accounts, post.amounts) as l(i, account, amount) group by 1) s
		where b.account = s.account;

	insert into books.balance_day as d (account, day, moved)
		select l.account, post.effectives[l.i], sum(l.amount)::bigint
		from unnest(post."of", post.accounts, post.amounts) as l(i, account, amount)
		group by 1, 2
		on conflict (account, day) do update set moved = d.moved + excluded.moved;

	update books.counter set next_seq = post.first + cardinality(post.idems);

	select array_agg(a.code order by a.code) into below
		from books.balance b join books.ledger_account a on a.id = b.account
		where b.account = any (post.accounts) and a.floor_dong is not null and a.normal * b.balance < a.floor_dong;
	if below is not null and post.floors then
		raise exception 'floor: % would go below its floor', below[1] using errcode = 'CH001';
	end if;
	return query select unnest(below);
end $$;
alter function books.post(bigint, timestamptz, text[], bytea[], text[], date[], boolean[], bigint[], smallint[], bytea[],
	bytea[], integer[], integer[], bigint[], boolean) set plan_cache_mode = force_custom_plan;
