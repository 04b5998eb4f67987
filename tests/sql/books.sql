-- The guards of the books: every illegal thing is tried as the owner of the tables, who could do it if anybody could.
-- A twin takes the guard away and shows that the illegal thing would then have happened.
begin;
set client_min_messages = warning;
select no_plan();
set local search_path = public, pg_catalog;

-- ---- what the tests say it with ----

create function pg_temp.leaf(seq bigint, idem text) returns bytea language sql
as $$ select convert_to(format(E'leaf %s of %s', seq, idem), 'UTF8') $$;

-- n transactions from `seq` on through the one way in; each moves 5 from account a to account b.
create function pg_temp.post(idems text[], a text default 'assets:bank:t', b text default 'liabilities:advance:t',
	amount bigint default 5, floors boolean default false, kind text default 'funding', hash bytea default sha256('meaning'))
returns text[] language plpgsql as $$
declare
	s record;
	n integer := cardinality(idems);
	leaves bytea[];
begin
	select * into s from books.begin_post(idems, array_fill(hash, array[n]), array[a, b]);
	leaves := array(select pg_temp.leaf(s.first_seq + i - 1, idems[i]) from generate_series(1, n) i);
	return books.post(s.first_seq, s.recorded, idems, array_fill(hash, array[n]), array_fill(kind, array[n]),
		array_fill('2024-04-03'::date, array[n]), array_fill(false, array[n]), array_fill(null::bigint, array[n]),
		array_fill(2::smallint, array[n]), leaves, array(select sha256('\x00'::bytea || l) from unnest(leaves) l),
		array(select i / 2 from generate_series(2, 2 * n + 1) i), array(select (i % 2 + 1)::smallint from generate_series(0, 2 * n - 1) i),
		array(select i % 2 + 1 from generate_series(0, 2 * n - 1) i),
		array(select case i % 2 when 0 then amount else -amount end from generate_series(0, 2 * n - 1) i), s.accounts, floors);
end $$;

create function pg_temp.next_seq() returns bigint language sql as $$ select next_seq from books.counter $$;
create function pg_temp.account(c text) returns integer language sql as $$ select id from books.ledger_account where code = c $$;

-- By hand, round the posting function: one transaction that says `legs`, with these amounts as its postings.
create function pg_temp.by_hand(idem text, legs integer, amounts bigint[], ns integer[] default null, counted boolean default true,
	at bigint default null, kind text default 'funding', hash bytea default null, reverses bigint default null)
returns void language plpgsql as $$
declare
	s bigint := coalesce(at, pg_temp.next_seq());
begin
	if counted then
		update books.counter set next_seq = s + 1;
	end if;
	with t as (
		insert into books.txn (seq, idem, idem_hash, kind, effective, recorded, late, reverses, legs, leaf, leaf_hash)
		values (s, by_hand.idem, sha256('meaning'), by_hand.kind, '2024-04-03', now(), false, by_hand.reverses, by_hand.legs,
			pg_temp.leaf(s, by_hand.idem), coalesce(hash, sha256('\x00'::bytea || pg_temp.leaf(s, by_hand.idem))))
	)
	insert into books.posting (seq, n, account, amount, balance_after)
	select s, coalesce(ns[a.k], a.k), case when a.k % 2 = 1 then pg_temp.account('assets:bank:t') else pg_temp.account('liabilities:advance:t') end,
		a.amount, 0
	from unnest(amounts) with ordinality as a(amount, k);
end $$;

-- ---- the good way ----

select is(pg_temp.post(array['t.1', 't.2', 't.3']), '{}', 'three transactions are posted as one statement');
select is(pg_temp.next_seq(), 3::bigint + (select min(seq) from books.txn where idem = 't.1'), 'and take three numbers');
select results_eq($$ select p.balance_after from books.posting p where p.account = pg_temp.account('assets:bank:t') order by seq $$,
	array[5, 10, 15]::bigint[], 'each posting keeps the balance after it');
select is((select moved from books.balance_day where account = pg_temp.account('assets:bank:t') and day = '2024-04-03'), 15::bigint,
	'the effective day keeps its sum');
select is((select known from books.begin_post(array['t.9', 't.2'], array_fill(sha256('meaning'), array[2]), '{}')), array[2],
	'a key that is there is told');
select throws_matching($$ select pg_temp.post(array['t.2'], hash => sha256('other')) $$, '^idem_conflict: t\.2 ',
	'the same key with another meaning is refused');

select throws_matching($$ select pg_temp.post(array['t.4'], amount => -1000, floors => true) $$, '^floor: (assets:bank|liabilities:advance):t ',
	'an account is not driven below its floor by what we do');
select is(pg_temp.post(array['t.4'], amount => -16), array['assets:bank:t', 'liabilities:advance:t'], 'a bank''s fact is recorded, and the accounts are told');
select is(pg_temp.post(array['t.5'], amount => -1), array['assets:bank:t', 'liabilities:advance:t'], 'and told again while they are below');
select is(pg_temp.post(array['t.6'], 'expenses:benefit:t:p', 'income:funding:t:p', amount => -1000, floors => true), '{}', 'expenses and income have no floor');

-- ---- nothing is changed or removed, not by the owner either ----

set local role chitra_owner;
insert into books.tree_head (size, nodes, root) values (4, sha256('x'), sha256('x'));
insert into books.checkpoint (size, note) values (4, 'note');
insert into books.cosignature (size, witness, line) values (4, 'w', 'line');
select throws_matching($$ insert into books.tree_head (size, nodes, root) values (2, sha256('x'), sha256('x')) $$, '^tree: ', 'the tree does not shrink');
select throws_matching($$ insert into books.tree_head (size, nodes, root) values (16, sha256('x'), sha256('x')) $$, '^tree: ', 'nor grow beyond the transactions');
select throws_matching($$ insert into books.tree_head (size, nodes, root) values (5, sha256('x'), sha256('x')) $$, 'tree_head_check', 'a head has one hash for each set bit of its size');

-- ---- tiles: what they hold is what is below them, and the tree has all of its full ones ----

reset role;
select is(pg_temp.post(array(select 'f.' || i from generate_series(1, 600) i)), '{}', 'six hundred more leaves');
set local role chitra_owner;
create function pg_temp.below(tile bigint) returns bytea language sql
as $$ select string_agg(leaf_hash, '' order by seq) from books.txn where seq >= tile * 256 and seq < tile * 256 + 256 $$;
create function pg_temp.put(level integer, n bigint, root bytea) returns void language sql
as $$ insert into books.tile (level, n, hashes, root) values (level, n, convert_to(repeat('x', 8192), 'UTF8'), root) $$;
create function pg_temp.head(size bigint) returns void language sql
as $$ insert into books.tree_head (size, nodes, root)
	values (size, convert_to(repeat('x', 32 * bit_count(size::bit(64))::integer), 'UTF8'), sha256('x')) $$;
select throws_matching($$ select pg_temp.head(300) $$, '^tile: ', 'a head without its tiles is refused');
select throws_matching($$ select pg_temp.put(0, 0, sha256('x')) $$, '^tile: ', 'a tile is not written with a root that is not its leaves''');
select throws_matching($$ select pg_temp.put(0, 1, books.tile_root(pg_temp.below(1))) $$, '^tile: ', 'nor before the one before it');
select throws_matching($$ select pg_temp.put(1, 0, sha256('x')) $$, '^tile: ', 'nor above tiles that are not there');
select lives_ok($$ select pg_temp.put(0, 0, books.tile_root(pg_temp.below(0))) $$, 'the first one is');
select results_eq($$ select hashes from books.tile $$, $$ select pg_temp.below(0) $$, 'and holds what its leaves say, whatever was given');
select throws_matching($$ select pg_temp.put(0, 0, books.tile_root(pg_temp.below(0))) $$, 'tile_pkey', 'once');
select throws_matching($$ select pg_temp.head(600) $$, '^tile: ', 'a head that lacks one of its tiles is refused');
select lives_ok($$ select pg_temp.put(0, 1, books.tile_root(pg_temp.below(1))) $$, 'the next tile follows');
select throws_matching($$ select pg_temp.put(0, 2, sha256('x')) $$, '^tile: ', 'not one whose leaves are not all there');
select throws_matching($$ select pg_temp.head(300) $$, '^tile: ', 'nor is a head that has a tile too many taken');
select lives_ok($$ select pg_temp.head(600) $$, 'with its tiles it is');

savepoint twin;
alter table books.tile disable trigger guard;
select lives_ok($$ insert into books.tile values (0, 7, convert_to(repeat('x', 8192), 'UTF8'), sha256('x')) $$, 'twin: without the guard anything is a tile');
rollback to twin;
reset role;

-- ---- what witnesses have signed ----

select lives_ok($$ select from books.cosign(4, 'w2', 'its line') $$, 'what a witness signed is kept');
select lives_ok($$ select from books.cosign(4, 'w', 'another line') $$, 'told again it is no error');
select is((select string_agg(witness || ' ' || convert_from(line, 'UTF8'), ', ' order by witness) from books.cosignature where size = 4), 'w line, w2 its line',
	'and changes nothing');
select throws_matching($$ select from books.cosign(3, 'w', 'line') $$, 'cosignature_size_fkey', 'nobody signs a checkpoint that there is not');
select throws_matching($$ select from books.cosign(4, '', 'line') $$, 'cosignature_witness_check', 'nobody signs without a name');
select throws_matching($$ select from books.cosign(4, 'w3', convert_to(repeat('x', 1001), 'UTF8')) $$, 'cosignature_line_check', 'a line has 1000 bytes at most');
select is(array(select r from unnest(array['chitra_gate', 'chitra_desk', 'chitra_teller', 'chitra_scribe', 'chitra_auditor', 'public']) r
	where has_function_privilege(r, 'books.cosign(bigint, text, bytea)', 'execute')), array['chitra_scribe'], 'the scribe alone keeps signatures');

create function pg_temp.refused(sql text, why text) returns setof text language plpgsql as $$
begin
	set local role chitra_owner;
	return next throws_matching(sql, '^append_only: ', why);
	reset role;
end $$;

select pg_temp.refused(format('update books.%s set %s = %2$s', t, c), format('a row of books.%s is not updated', t))
from (values ('txn', 'kind'), ('posting', 'amount'), ('tile', 'root'), ('tree_head', 'root'), ('checkpoint', 'note'), ('cosignature', 'line'),
	('ledger_account', 'code')) as x(t, c);
select pg_temp.refused(format('delete from books.%s', t), format('a row of books.%s is not deleted', t))
from unnest(array['txn', 'posting', 'tile', 'tree_head', 'checkpoint', 'cosignature', 'ledger_account', 'balance', 'balance_day', 'counter']) t;
select pg_temp.refused(format('truncate books.%s cascade', t), format('books.%s is not truncated', t))
from unnest(array['txn', 'posting', 'tile', 'tree_head', 'checkpoint', 'cosignature', 'ledger_account', 'balance', 'balance_day', 'counter']) t;

savepoint twin;
alter table books.posting disable trigger append_only;
set local role chitra_owner;
select lives_ok($$ update books.posting set amount = amount $$, 'twin: without the guard a posting is updated');
rollback to twin;

-- ---- a transaction is whole or not there ----

grant execute on all functions in schema pg_temp to chitra_owner;
set local role chitra_owner;

select lives_ok($$ select pg_temp.by_hand('h.good', 2, '{7,-7}') $$, 'a whole transaction by hand is taken: the guards look at content');
select throws_matching($$ select pg_temp.by_hand('h.1', 2, '{7,-6}') $$, '^unbalanced: ', 'postings of sum 1 are refused');
select throws_matching($$ select pg_temp.by_hand('h.1', 2, '{9223372036854775807,9223372036854775807}') $$, '^unbalanced: ',
	'postings whose sum has no room in 64 bits are refused');
select throws_matching($$ select pg_temp.by_hand('h.1', 1, '{7}') $$, 'txn_kind', 'one posting is refused');
select throws_matching($$ select pg_temp.by_hand('h.1', 2, '{7}') $$, '^(unbalanced|legs): ', 'one posting of two is refused');
select throws_matching($$ select pg_temp.by_hand('h.1', 2, '{}') $$, '^legs: ', 'a transaction without its postings is refused');
select throws_matching($$ select pg_temp.by_hand('h.1', 2, '{7,-7,3,-3}') $$, '^(unbalanced|legs): ', 'four postings of two are refused');
select throws_matching($$ select pg_temp.by_hand('h.1', 2, '{7,-7}', ns => '{1,3}') $$, '^(unbalanced|legs): ', 'a posting out of number is refused');
select throws_matching($$ select pg_temp.by_hand('h.1', 2, '{0,0}') $$, 'posting_amount_check', 'a posting of 0 is refused');
select throws_matching($$ select pg_temp.by_hand('h.1', 0, '{}') $$, 'txn_kind', 'a funding that moves nothing is refused');
select throws_matching($$ select pg_temp.by_hand('h.1', 2, '{7,-7}', kind => 'approval') $$, 'txn_kind', 'an approval that moves money is refused');
select throws_matching($$ select pg_temp.by_hand('h.1', 2, '{7,-7}', kind => 'gift') $$, 'txn_kind', 'an unknown kind is refused');
select lives_ok($$ select pg_temp.by_hand('h.approval', 0, '{}', kind => 'approval') $$, 'an approval moves nothing');

-- ---- nothing is added later ----

create function pg_temp.add(seq bigint, ns integer[], amounts bigint[]) returns void language sql as $$
	insert into books.posting (seq, n, account, amount, balance_after)
	select add.seq, x.n, pg_temp.account('assets:bank:t'), x.amount, 0 from unnest(ns, amounts) as x(n, amount)
$$;
create function pg_temp.seq(i text) returns bigint language sql as $$ select seq from books.txn where idem = i $$;

select throws_matching($$ select pg_temp.add(pg_temp.seq('t.1'), '{3,4}', '{7,-7}') $$, '^unbalanced: ',
	'two balanced postings are not added to a transaction that has its two');
select throws_matching($$ select pg_temp.add(pg_temp.seq('t.1'), '{1,2}', '{7,-7}') $$, 'posting_pkey', 'nor under the same numbers');
select throws_matching($$ select pg_temp.add(pg_temp.seq('t.1'), '{3}', '{7}') $$, '^unbalanced: ', 'nor one');
select throws_matching($$ select pg_temp.add(pg_temp.seq('h.approval'), '{1,2}', '{7,-7}') $$, '^unbalanced: ',
	'nor any to a transaction that has none');
select throws_matching($$ select pg_temp.add(pg_temp.next_seq(), '{1,2}', '{7,-7}') $$, '^unbalanced: ', 'nor to one that does not exist yet');

set constraints all immediate;
select throws_matching($$ select pg_temp.add(pg_temp.seq('h.good'), '{3,4}', '{7,-7}') $$, '^unbalanced: ',
	'SET CONSTRAINTS opens no door: to a transaction of the same database transaction nothing is added');
set constraints all deferred;
savepoint later;
select throws_matching($$ select pg_temp.add(pg_temp.seq('h.good'), '{3,4}', '{7,-7}') $$, '^unbalanced: ', 'nor does a SAVEPOINT');
release later;
create function pg_temp.sly() returns text language plpgsql as $$
begin
	begin
		perform pg_temp.by_hand('h.sly', 2, '{7,-6}');
		return 'taken';
	exception when others then
		return (select count(*) from books.txn where idem = 'h.sly');
	end;
end $$;
select is(pg_temp.sly(), '0', 'an EXCEPTION block that swallows the refusal has nothing either');
create function pg_temp.sly_leg() returns text language plpgsql as $$
begin
	perform pg_temp.by_hand('h.inner', 2, '{7,-7}');
	begin
		perform pg_temp.add(pg_temp.seq('h.inner'), '{3,4}', '{7,-7}');
	exception when others then
		null;
	end;
	return (select count(*) from books.posting where seq = pg_temp.seq('h.inner'));
end $$;
select is(pg_temp.sly_leg(), '2', 'a leg that an EXCEPTION block tries to add is not there');

savepoint twin;
reset role;
alter table books.posting disable trigger guard;
set local role chitra_owner;
select lives_ok($$ select pg_temp.add(pg_temp.seq('t.1'), '{3,4}', '{7,-6}') $$, 'twin: without the guard legs are added, unbalanced too');
rollback to twin;
set local role chitra_owner;

-- ---- sequence ----

select throws_matching($$ select pg_temp.by_hand('h.2', 2, '{7,-7}', at => pg_temp.next_seq() + 1) $$, '^sequence: ', 'a number that leaves a gap is refused');
select throws_matching($$ select pg_temp.by_hand('h.2', 2, '{7,-7}', counted => false) $$, '^sequence: ', 'a transaction that is not counted is refused');
select throws_matching($$ select pg_temp.by_hand('h.2', 2, '{7,-7}', at => 0, counted => false) $$, '_pkey|^sequence: ', 'a number that is taken is refused');
select throws_matching($$ update books.counter set next_seq = next_seq - 1 $$, '^sequence: ', 'the counter does not go back');
select throws_matching($$ insert into books.counter (one, next_seq) values (false, 0) $$, 'counter_one_check', 'there is one counter');
savepoint ahead;
update books.counter set next_seq = next_seq + 5;
select throws_matching($$ select pg_temp.by_hand('h.2', 2, '{7,-7}') $$, '^sequence: ', 'after a counter that was moved ahead nothing is taken');
rollback to ahead;
set local role chitra_owner;
select throws_matching($$ select books.post(pg_temp.next_seq() + 1, now(), '{x}', array[sha256('')], '{funding}', '{2024-04-03}', '{f}', '{null}',
	'{0}', '{x}', array[sha256('')], '{}', '{}', '{}', '{}', '{}', false) $$, '^sequence: ', 'the posting function takes the next number and no other');

select throws_matching($$ select books.post(pg_temp.next_seq(), now() - interval '1 second', '{x}', array[sha256('')], '{approval}', '{2024-04-03}', '{f}', '{null}',
	'{0}', '{x}', array[sha256('')], '{}', '{}', '{}', '{}', '{}', false) $$, '^recorded: ', 'nothing is recorded in the past');
select throws_matching($$ select books.post(pg_temp.next_seq(), now() + interval '1 hour', '{x}', array[sha256('')], '{approval}', '{2024-04-03}', '{f}', '{null}',
	'{0}', '{x}', array[sha256('')], '{}', '{}', '{}', '{}', '{}', false) $$, '^recorded: ', 'nor in the future');

savepoint twin;
reset role;
alter table books.txn disable trigger guard;
set local role chitra_owner;
select lives_ok($$ select pg_temp.by_hand('h.2', 2, '{7,-7}', at => 5000, counted => false) $$,
	'twin: without the guard a transaction stands behind a gap') ;
rollback to twin;
set local role chitra_owner;

-- ---- leaves, keys, reversals ----

select throws_matching($$ select pg_temp.by_hand('h.3', 2, '{7,-7}', hash => sha256('another')) $$, 'txn_leaf_hash', 'a leaf hash that is not the leaf''s is refused');
select throws_matching($$ select pg_temp.by_hand('h.3', 2, '{7,-7}', hash => sha256(pg_temp.leaf(pg_temp.next_seq(), 'h.3'))) $$, 'txn_leaf_hash',
	'a leaf hash without its 0x00 is refused');
select throws_matching($$ select pg_temp.by_hand('t.1', 2, '{7,-7}') $$, 'txn_idem_key', 'a key that is there is refused');
select throws_matching($$ select pg_temp.by_hand('h.3', 2, '{7,-7}', kind => 'reversal') $$, 'txn_reversal', 'a reversal says what it reverses');
select throws_matching($$ select pg_temp.by_hand('h.3', 2, '{7,-7}', reverses => 0) $$, 'txn_reversal', 'nothing else reverses');
select throws_matching($$ select pg_temp.by_hand('h.3', 2, '{7,-7}', kind => 'reversal', reverses => pg_temp.next_seq()) $$, 'txn_reverses_older',
	'what does not exist yet is not reversed');
select lives_ok($$ select pg_temp.by_hand('h.r', 2, '{7,-7}', kind => 'reversal', reverses => pg_temp.seq('t.1')) $$, 'a transaction is reversed');
select throws_matching($$ select pg_temp.by_hand('h.r2', 2, '{7,-7}', kind => 'reversal', reverses => pg_temp.seq('t.1')) $$, 'txn_reverses', 'once');

-- ---- balances and floors ----

select throws_matching($$ update books.balance set balance = balance + 1 where account = pg_temp.account('assets:bank:t') $$, '^balance: ',
	'a balance is what its last posting says');
select throws_matching($$ update books.balance set last_seq = 0 where account = pg_temp.account('assets:bank:t') $$, '^balance: ', 'and so is the number beside it');
insert into books.ledger_account (code) values ('assets:bank:empty');
select throws_matching($$ insert into books.balance (account, balance) values (pg_temp.account('assets:bank:empty'), 1) $$, '^balance: ',
	'an account begins with nothing');
select throws_matching($$ insert into books.ledger_account (code) values ('assets:bank:Big') $$, 'ledger_account_code_check', 'an account of another form is refused');
select throws_matching($$ insert into books.ledger_account (code) values ('assets:gold:t') $$, 'ledger_account_code_check', 'an account of no family is refused');
select throws_matching($$ insert into books.ledger_account (code) values ('liabilities:payable:t') $$, 'ledger_account_code_check', 'a payable without its programme is refused');
savepoint twin;
reset role;
alter table books.balance disable trigger guard_change;
set local role chitra_owner;
select lives_ok($$ update books.balance set balance = balance + 1 where account = pg_temp.account('assets:bank:t') $$, 'twin: without the guard a balance is whatever one writes');
rollback to twin;
reset role;

-- ---- who may ----

select is_empty($$ select r, p.proname from unnest(array['chitra_gate', 'chitra_desk', 'chitra_teller', 'chitra_scribe', 'chitra_auditor']) r,
	pg_proc p where p.pronamespace = 'books'::regnamespace and p.proname in ('recover', 'write_rows') and has_function_privilege(r, p.oid, 'execute') $$,
	'no duty brings back what was recorded before: that is the owner''s');

select is_empty($$ select r, t from unnest(array['chitra_gate', 'chitra_desk', 'chitra_teller', 'chitra_scribe', 'chitra_auditor', 'public']) r,
	unnest(array['txn', 'posting', 'balance', 'balance_day', 'counter', 'ledger_account', 'tile', 'tree_head', 'checkpoint', 'cosignature']) t
	where r <> 'public' and has_table_privilege(r, 'books.' || t, 'insert, update, delete, truncate') $$,
	'no duty and no auditor writes a table of the books directly');
select is_empty($$ select p.proname from pg_proc p where p.pronamespace = 'books'::regnamespace
	and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0) $$,
	'no function of the books is open to everybody');
select is_empty($$ select p.proname from pg_proc p where p.pronamespace = 'books'::regnamespace and p.prosecdef
	and not ('search_path=pg_catalog' = any (p.proconfig)) $$, 'every function that runs as the owner has a fixed search path');

select * from finish();
rollback;
