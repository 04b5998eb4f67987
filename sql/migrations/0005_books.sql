-- The accounting books: double entry in integer dong, insert only, every transaction a leaf of an RFC 6962 tree.
--
-- Guards look at whole statements, not rows: a transaction and its postings arrive in one INSERT, so one look at what
-- arrived decides for a thousand transactions at once. Nothing can be added to a transaction later: its postings are
-- numbered 1 to `legs`, and all of those numbers are taken.

set local role chitra_owner;

-- The families are ledger/books/chart.c's.
create table books.ledger_account (
	id integer generated always as identity primary key,
	code text collate "C" not null unique check (length(code) <= 120 and code ~ ('^('
		'(assets:(bank|agent|suspense-debit)|liabilities:(advance|in-flight|suspense-credit|refundable)|expenses:fees)'
		':[a-z][a-z0-9._-]{0,31}|'
		'(assets:clawback|liabilities:(payable|unclaimed)|expenses:(benefit|loss)|income:funding|equity:closed)'
		':[a-z][a-z0-9._-]{0,31}:[a-z][a-z0-9._-]{0,31})$')),
	normal smallint not null generated always as (case when code ~ '^(assets|expenses):' then 1 else -1 end) stored,
	-- normal * balance may not go below; null: no floor. Only assets and liabilities have one: cancelling after a period's
	-- close may rightly drive an income or expense account below zero.
	floor_dong bigint generated always as (case when code ~ '^(assets|liabilities):' then 0 end) stored
);

create table books.txn (
	seq bigint primary key check (seq >= 0),		-- leaf index
	idem text collate "C" not null unique,
	idem_hash bytea not null check (length(idem_hash) = 32),	-- of the meaning; the same key with another is a conflict
	kind text collate "C" not null,
	effective date not null,
	recorded timestamptz not null,
	late boolean not null,
	reverses bigint constraint txn_reverses_older check (reverses >= 0 and reverses < seq),	-- there, since seq has no gap
	legs smallint not null check (legs between 0 and 500),
	leaf bytea not null check (length(leaf) <= 65535),
	leaf_hash bytea not null constraint txn_leaf_hash check (leaf_hash = sha256('\x00'::bytea || leaf)),
	constraint txn_reversal check ((reverses is not null) = (kind = 'reversal')),
	-- The kinds are ledger/books/kind.c's; which of them move money is guarded here too.
	constraint txn_kind check (case
		when kind in ('payout.settled', 'payout.rejected', 'payout.not_paid', 'payout.returned', 'dispatch.sent', 'funding', 'fee',
			'suspense', 'agent.advanced', 'agent.returned', 'reversal', 'clawback', 'unclaimed.cancelled', 'refund') then legs >= 2
		when kind in ('batch.approved', 'batch.released', 'claim.voided', 'break.resolved', 'close') then legs = 0 or legs >= 2
		when kind in ('genesis', 'approval', 'statement.file', 'break.opened', 'recovered', 'key') then legs = 0
		else false end)
);
alter table books.txn alter column leaf set storage main;
create unique index txn_reverses on books.txn (reverses) where reverses is not null;
create index txn_effective on books.txn (effective, seq);	-- what is told by the day that it counts for
create index txn_recorded on books.txn (recorded, seq);	-- where the books stood at an instant

create table books.posting (
	seq bigint not null,
	n smallint not null check (n >= 1),
	account integer not null,
	amount bigint not null check (amount <> 0),		-- debit positive
	balance_after bigint not null,				-- of the account, by recorded order
	primary key (seq, n)
);
create index posting_account on books.posting (account, seq, n);

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
	primary key (account, day) include (moved)	-- years of an account are summed up from its index
) with (fillfactor = 50);

-- Whoever posts holds this row until its commit, so sequence and balances have one writer at a time.
create table books.counter (
	one boolean primary key default true check (one),
	next_seq bigint not null default 0
) with (fillfactor = 10);
insert into books.counter default values;

-- The tree as of a size: one hash per set bit, largest subtree first.
create table books.tree_head (
	size bigint primary key check (size > 0),
	nodes bytea not null check (length(nodes) = 32 * bit_count(size::bit(64))),
	root bytea not null check (length(root) = 32),
	at timestamptz not null default now()
);
-- 256 hashes of tree level 8 * level and their root, which is a hash of the next level (C2SP tlog-tiles). Only full ones: one that is
-- not full yet is those leaves' hashes, or those tiles' roots.
create table books.tile (
	level smallint not null check (level between 0 and 6),
	n bigint not null check (n >= 0),
	hashes bytea not null check (length(hashes) = 256 * 32),
	root bytea not null check (length(root) = 32),
	primary key (level, n)
);
alter table books.tile alter column hashes set storage external;	-- hashes do not compress
create table books.checkpoint (
	size bigint primary key references books.tree_head,
	note bytea not null,			-- the signed note, byte for byte as it went to the archive
	at timestamptz not null default now()
);
create table books.cosignature (
	size bigint not null references books.checkpoint,
	witness text not null check (length(witness) between 1 and 255),
	line bytea not null check (length(line) <= 1000),	-- its line in the note, as it came
	at timestamptz not null default now(),
	primary key (size, witness)
);
create index on books.cosignature (witness, size);	-- how far each has come

-- A month of the books as a file that somebody made (ledger/books/export.h) and wants signed. Who has the log's key makes the file again
-- from the books, and signs it only when it is the same: nobody else says what the log says.
create table ops.export (
	id bigint generated always as identity primary key,	-- what was refused may be asked again
	sha256 bytea not null check (length(sha256) = 32),
	period date not null check (extract(day from period) = 1),
	format text collate "C" not null check (format in ('hledger', 'beancount', 'csv', 'json')),
	size bigint not null references books.checkpoint,
	at timestamptz not null default now()
);
create table ops.export_answer (
	export bigint primary key references ops.export,
	note bytea,			-- the signed note over the file's hash
	refused text,			-- or why not
	at timestamptz not null default now(),
	check (num_nonnulls(note, refused) = 1)
);
create index on ops.export (sha256);

-- ---------------------------------------------------------------- guards
-- Their joins are told to walk indexes: a plan made for one transaction must do for ten thousand, and the other way round.

create function books.guard_txn() returns trigger language plpgsql security definer
set search_path = pg_catalog
set enable_hashjoin = off
set enable_mergejoin = off
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
	lowest bigint;
	highest bigint;
	n bigint;
	said bigint;
	have bigint;
begin
	select min(f.seq), max(f.seq), count(*), sum(f.legs) into lowest, highest, n, said from fresh f;
	if n = 0 then
		return null;
	end if;
	if n <> highest - lowest + 1 or highest + 1 <> (select c.next_seq from books.counter c)
			or (lowest > 0 and not exists (select from books.txn t where t.seq = lowest - 1)) then
		raise exception 'sequence: ledger transactions % to % leave a gap or were not counted', lowest, highest using errcode = 'CH001';
	end if;
	select count(*) into have from books.posting p where p.seq between lowest and highest;
	if have <> said then
		raise exception 'legs: ledger transactions % to % have % postings and say that they have %', lowest, highest, have, said
			using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard after insert on books.txn referencing new table as fresh
	for each statement execute function books.guard_txn();

create function books.guard_posting() returns trigger language plpgsql security definer
set search_path = pg_catalog
set enable_hashjoin = off
set enable_nestloop = off
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
	lowest bigint;
	highest bigint;
	bad bigint;
begin
	select min(f.seq), max(f.seq) into lowest, highest from fresh f;
	select f.seq into bad
		from (select p.seq, sum(p.amount) as total, count(*) as legs, max(p.n) as last from fresh p group by p.seq) f
		left join (select x.seq, x.legs from books.txn x where x.seq between lowest and highest) t on t.seq = f.seq
		where t.seq is null or f.total <> 0 or f.legs <> t.legs or f.last <> t.legs
		limit 1;
	if found then
		raise exception 'unbalanced: the postings of ledger transaction % are not whole, do not add up to 0, or come too late', bad
			using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard after insert on books.posting referencing new table as fresh
	for each statement execute function books.guard_posting();

-- A balance is what the last posting says, or it does not change.
create function books.guard_balance() returns trigger language plpgsql security definer
set search_path = pg_catalog
set enable_hashjoin = off
set enable_mergejoin = off
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
	bad integer;
begin
	select f.account into bad from fresh f
		left join lateral (select p.seq, p.balance_after from books.posting p where p.account = f.account
			order by p.account desc, p.seq desc, p.n desc limit 1) l on true
		where (f.balance, f.last_seq) is distinct from (coalesce(l.balance_after, 0), l.seq)
		limit 1;
	if found then
		raise exception 'balance: the balance of account % is not that of its last posting', bad using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard_new after insert on books.balance referencing new table as fresh
	for each statement execute function books.guard_balance();
create trigger guard_change after update on books.balance referencing new table as fresh
	for each statement execute function books.guard_balance();

-- The sequence only goes forward, and only with transactions.
create function books.guard_counter() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if new.next_seq < old.next_seq then
		raise exception 'sequence: the next ledger number is % and cannot go back to %', old.next_seq, new.next_seq using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before update on books.counter for each row execute function books.guard_counter();

-- A tile's hashes are what the leaves or the tiles below it say, whoever writes it; and its root is theirs.
create function books.tile_root(hashes bytea) returns bytea language plpgsql immutable strict parallel safe
set search_path = pg_catalog
as $$
begin
	for level in 1..8 loop
		select string_agg(sha256('\x01'::bytea || substr(hashes, 64 * i + 1, 64)), '' order by i) into hashes
			from generate_series(0, (256 >> level) - 1) i;
	end loop;
	return hashes;
end $$;
create function books.guard_tile() returns trigger language plpgsql security definer
set search_path = pg_catalog
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
begin
	if new.level = 0 then
		select string_agg(t.leaf_hash, '' order by t.seq) into new.hashes
			from books.txn t where t.seq >= new.n * 256 and t.seq < new.n * 256 + 256;
	else
		select string_agg(t.root, '' order by t.n) into new.hashes
			from books.tile t where t.level = new.level - 1 and t.n >= new.n * 256 and t.n < new.n * 256 + 256;
	end if;
	if new.hashes is null or length(new.hashes) <> 256 * 32 or books.tile_root(new.hashes) is distinct from new.root
			or (new.n > 0 and not exists (select from books.tile t where t.level = new.level and t.n = new.n - 1)) then
		raise exception 'tile: tile % of level % is not that of what is below it', new.n, new.level using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before insert on books.tile for each row execute function books.guard_tile();

-- The tree only grows, over transactions that are there, and has all of its full tiles and no other.
create function books.guard_head() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if new.size > (select c.next_seq from books.counter c) or exists (select from books.tree_head h where h.size > new.size) then
		raise exception 'tree: a head of size % does not follow the one before it', new.size using errcode = 'CH001';
	end if;
	if exists (select from generate_series(0, 6) l where new.size >> (8 * l + 8)
			<> coalesce((select t.n + 1 from books.tile t where t.level = l order by t.n desc limit 1), 0)) then
		raise exception 'tile: the tiles are not those of a tree of size %', new.size using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before insert on books.tree_head for each row execute function books.guard_head();

call ops.append_only('books.txn', 'books.posting', 'books.tile', 'books.tree_head', 'books.checkpoint', 'books.cosignature',
	'books.ledger_account', 'ops.export', 'ops.export_answer');
call ops.keep_rows('books.balance', 'books.balance_day', 'books.counter');

-- ---------------------------------------------------------------- the one way in

-- Begins posting: takes the sequence (held until commit, so what follows is short), says which keys are in the books already
-- and where, the ids of the accounts, made where they are new, and the newest month that anybody closed (0015_period.sql). A known key
-- with another meaning is a conflict and ends the transaction.
create function books.begin_post(idems text[], idem_hashes bytea[], codes text[])
returns table (first_seq bigint, recorded timestamptz, known integer[], known_seqs bigint[], accounts integer[], closed date)
language plpgsql security definer
set search_path = pg_catalog
set enable_hashjoin = off
set enable_mergejoin = off
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
	conflict text;
begin
	select c.next_seq into first_seq from books.counter c for update;
	recorded := clock_timestamp();
	closed := (select max(c.period) from books.closed c);

	select coalesce(array_agg(i.k::integer order by i.k), '{}'), coalesce(array_agg(t.seq order by i.k), '{}'),
			min(i.idem) filter (where t.idem_hash <> i.h)
		into known, known_seqs, conflict
		from unnest(begin_post.idems, begin_post.idem_hashes) with ordinality as i(idem, h, k)
		join books.txn t on t.idem = i.idem;
	if conflict is not null then
		raise exception 'idem_conflict: % is already in the books with another content', conflict using errcode = 'CH001';
	end if;

	select array_agg(a.id order by i.k) into accounts
		from unnest(begin_post.codes) with ordinality as i(code, k) left join books.ledger_account a on a.code = i.code;
	if array_position(accounts, null) is not null then
		with made as (
			insert into books.ledger_account (code) select c from unnest(begin_post.codes) as c
			where not exists (select from books.ledger_account a where a.code = c)
			returning id
		) insert into books.balance (account) select made.id from made;
		select array_agg(a.id order by i.k) into accounts
			from unnest(begin_post.codes) with ordinality as i(code, k) join books.ledger_account a on a.code = i.code;
	end if;
	accounts := coalesce(accounts, '{}');
	return next;
end $$;

-- Sums of bigint stay bigint (and are refused when they do not fit): sum() would make each step numeric.
create aggregate books.total(bigint) (sfunc = pg_catalog.int8pl, stype = bigint, parallel = safe);

-- Writes n transactions and their m postings as one statement; called by books.post and books.recover alone. Arrays of
-- transactions have n elements in seq order from `first_seq` on. Arrays of postings have m: `of` is 1…n, `ns` numbers each transaction's own from 1, `places` points into
-- `accounts`, which names each account once. Returns the accounts that are below their floor now, when `floors` is false (a
-- bank's fact is recorded all the same); when it is true, a posting is refused that takes one below it, or takes what is promised to the
-- treasury (org.promised, 0012_postings.sql).
create function books.write_rows(first_seq bigint, recordeds timestamptz[], idems text[], idem_hashes bytea[], kinds text[],
	effectives date[], lates boolean[], reversed bigint[], legs smallint[], leaves bytea[], leaf_hashes bytea[],
	"of" integer[], ns smallint[], places integer[], amounts bigint[], accounts integer[], floors boolean)
returns text[] language plpgsql security definer
set search_path = pg_catalog
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
	before bigint[];
	below text[];
begin
	update books.counter set next_seq = write_rows.first_seq + cardinality(write_rows.idems) where next_seq = write_rows.first_seq;
	if not found then
		raise exception 'sequence: % is not the next ledger number; begin_post comes first', write_rows.first_seq using errcode = 'CH001';
	end if;

	select array_agg((select b.balance from books.balance b where b.account = a.id) order by a.k) into before
		from unnest(write_rows.accounts) with ordinality as a(id, k);

	with leg as materialized (
		select write_rows.first_seq - 1 + l.i as seq, l.n, l.place, l.amount, l.k
		from unnest(write_rows."of", write_rows.ns, write_rows.places, write_rows.amounts) with ordinality as l(i, n, place, amount, k)
	), t as (
		insert into books.txn (seq, idem, idem_hash, kind, effective, recorded, late, reverses, legs, leaf, leaf_hash)
		select write_rows.first_seq - 1 + x.k, x.idem, x.h, x.kind, x.effective, x.recorded, x.late, x.reverses, x.legs, x.leaf, x.leaf_hash
		from unnest(write_rows.recordeds, write_rows.idems, write_rows.idem_hashes, write_rows.kinds, write_rows.effectives, write_rows.lates, write_rows.reversed, write_rows.legs,
			write_rows.leaves, write_rows.leaf_hashes) with ordinality
			as x(recorded, idem, h, kind, effective, late, reverses, legs, leaf, leaf_hash, k)
	), p as (
		insert into books.posting (seq, n, account, amount, balance_after)
		select leg.seq, leg.n, write_rows.accounts[leg.place], leg.amount,
			before[leg.place] + books.total(leg.amount) over (partition by leg.place order by leg.k rows unbounded preceding)
		from leg
	), moved as (
		select leg.place, write_rows.effectives[leg.seq - write_rows.first_seq + 1] as day, books.total(leg.amount) as amount, max(leg.seq) as seq
		from leg group by 1, 2
	), d as (
		insert into books.balance_day as d (account, day, moved)
		select write_rows.accounts[m.place], m.day, m.amount from moved m
		on conflict (account, day) do update set moved = d.moved + excluded.moved
	), changed as (
		update books.balance b set balance = b.balance + s.amount, last_seq = s.seq
		from (select write_rows.accounts[m.place] as account, books.total(m.amount) as amount, max(m.seq) as seq from moved m group by 1) s
		where b.account = s.account
		returning b.account, b.balance, s.amount
	)
	select array_agg(a.code order by a.code) into below
		from changed c join books.ledger_account a on a.id = c.account
		where a.normal * c.balance < a.floor_dong or (write_rows.floors and a.normal * c.amount < 0
			and a.code ~ '^liabilities:(advance|refundable):' and a.normal * c.balance < org.promised(a.code));

	if below is not null and write_rows.floors then
		raise exception 'floor: % would go below its floor', below[1] using errcode = 'CH001';
	end if;
	return coalesce(below, '{}');
end $$;
-- What programs call: recorded now, between the beginning of this transaction and this moment.
create function books.post(first_seq bigint, recorded_at timestamptz, idems text[], idem_hashes bytea[], kinds text[],
	effectives date[], lates boolean[], reversed bigint[], legs smallint[], leaves bytea[], leaf_hashes bytea[],
	"of" integer[], ns smallint[], places integer[], amounts bigint[], accounts integer[], floors boolean)
returns text[] language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if recorded_at < now() or recorded_at > clock_timestamp() then
		raise exception 'recorded: % is not now', recorded_at using errcode = 'CH001';
	end if;
	return books.write_rows(first_seq, array_fill(recorded_at, array[cardinality(idems)]), idems, idem_hashes, kinds, effectives, lates,
		reversed, legs, leaves, leaf_hashes, "of", ns, places, amounts, accounts, floors);
end $$;

-- What `chitra recover` calls, as the owner: transactions that the archive has and a restored dump lacks, as they were
-- recorded. Never granted to a duty.
create function books.recover(first_seq bigint, recordeds timestamptz[], idems text[], idem_hashes bytea[], kinds text[],
	effectives date[], lates boolean[], reversed bigint[], legs smallint[], leaves bytea[], leaf_hashes bytea[],
	"of" integer[], ns smallint[], places integer[], amounts bigint[], accounts integer[])
returns text[] language sql security definer
set search_path = pg_catalog
begin atomic
	select books.write_rows(first_seq, recordeds, idems, idem_hashes, kinds, effectives, lates, reversed, legs, leaves, leaf_hashes,
		"of", ns, places, amounts, accounts, false);
end;

-- ---------------------------------------------------------------- the tree

-- Where the tree stands; nobody else seals until this transaction ends.
create function books.seal_begin() returns table (size bigint, nodes bytea, root bytea, next_seq bigint)
language plpgsql security definer
set search_path = pg_catalog
as $$
#variable_conflict use_column
begin
	lock table books.tree_head in share row exclusive mode;
	select c.next_seq into next_seq from books.counter c;
	select h.size, h.nodes, h.root into size, nodes, root from books.tree_head h order by h.size desc limit 1;
	size := coalesce(size, 0);
	nodes := coalesce(nodes, '');
	root := coalesce(root, sha256(''));
	return next;
end $$;

-- The next head and its signed checkpoint, and the tiles that became full, those of a level before what is above them.
create function books.seal(size bigint, nodes bytea, root bytea, note bytea, levels smallint[], tiles bigint[], roots bytea[])
returns void language sql security definer
set search_path = pg_catalog
begin atomic
	insert into books.tile (level, n, root)
		select x.level, x.n, x.root from unnest(levels, tiles, roots) with ordinality as x(level, n, root, k) order by x.k;
	insert into books.tree_head (size, nodes, root) values (size, nodes, root);
	insert into books.checkpoint (size, note) values (size, note);
end;

-- What a witness has signed of a checkpoint; once each.
create function books.cosign(size bigint, witness text, line bytea) returns void language sql security definer
set search_path = pg_catalog
begin atomic
	insert into books.cosignature (size, witness, line) values (size, witness, line) on conflict do nothing;
end;

revoke execute on all functions in schema books from public;
