-- Into whose account somebody's money goes: which two officers may say it, what holds of an account that a bank renamed or that two people who
-- were merged both have, who vouches, and who says how somebody wants his money.
begin;
\ir ../lib/guards.psql

-- lan and minh keep merit and social in ward 22915, tam only merit there, son both in ward 22918.
create function pg_temp.mandated(login text, agency text, area text) returns void language sql as $$
	insert into auth.mandate (officer, certificate, role, agency, area, limit_dong, named_on)
		values (pg_temp.officer(login), pg_temp.certificate(login), 'register', agency, area, 0, '2024-04-03')
$$;
select pg_temp.mandated(l, a, w) from (values ('lan', 'labour', '22915'), ('lan', 'health', '22915'), ('minh', 'labour', '22915'), ('minh', 'health', '22915'),
	('tam', 'labour', '22915'), ('son', 'labour', '22918'), ('son', 'health', '22918')) as w(l, a, w);
create function pg_temp.enrolled(person bigint, programme text, area text, month date default '2024-04-01') returns void language sql as $$
	insert into register.enrolment (person, programme, category, area_code, area_valid_from, from_month, file, row_no)
		select enrolled.person, enrolled.programme, min(c.code), area, '2023-04-01', month, pg_temp.file(), 1 from rules.category c where c.programme = enrolled.programme
$$;
create function pg_temp.of_ward(area text default '22915') returns bigint language plpgsql as $$
declare
	p bigint := pg_temp.person();
begin
	perform pg_temp.enrolled(p, 'merit', area);
	return p;
end $$;
-- One more account of a person: who named it, of what kind, at which bank, with what number; before: its row under the bank's old code.
create function pg_temp.account(person bigint, source text default 'officer', kind text default 'self', bank text default 'VCB', number text default 'n',
	before bigint default null) returns bigint language sql as $$
	insert into register.payee_account (person, kind, bank, blind, sealed, salt, hash, holder_name, holder_fold, authority, source, carried_from)
		values (person, kind, bank, substr(sha256(number::bytea), 1, 16), 's', substr(sha256('salt'), 1, 16), sha256(number::bytea), 'N', 'n',
			case when kind <> 'self' then 'UQ 1' end, source, before) returning id
$$;
create function pg_temp.checked(account bigint, status text, passes boolean, known date default ops.today()) returns void language sql as $$
	insert into register.account_check (account, source, status, grade, id_linked, passes, known_on) values (account, 'bank_inquiry', status, 'exact', true, passes, known)
$$;
create function pg_temp.word_sql(account bigint, login text, what text default 'add', until text default null, from_day date default ops.today(), document text default 'sổ số 1')
		returns text language sql as $$
	select format('insert into register.account_word (account, what, from_day, until, document, first_officer) values (%s, %L, %L, %L, %L, %s)',
		account, what, from_day, until, document, pg_temp.officer(login))
$$;
create function pg_temp.confirm_sql(word bigint, login text) returns text language sql as $$
	select format('update register.account_word set second_officer = %s, decided_at = clock_timestamp() where id = %s', pg_temp.officer(login), word)
$$;
create function pg_temp.drop_sql(word bigint, login text) returns text language sql as $$
	select format('update register.account_word set dropped_by = %s where id = %s', pg_temp.officer(login), word)
$$;
create function pg_temp.proposed(statement text, login text default 'lan') returns bigint language plpgsql as $$
begin
	perform pg_temp.done(pg_temp.try('desk', login, statement));
	return (select max(id) from register.account_word);
end $$;
-- Both officers said it.
create function pg_temp.said(account bigint, what text, until text default null, from_day date default ops.today()) returns void language plpgsql as $$
begin
	perform pg_temp.done(pg_temp.try('desk', 'minh', pg_temp.confirm_sql(pg_temp.proposed(pg_temp.word_sql(account, 'lan', what, until, from_day)), 'minh')));
end $$;
-- What the view says: stands, passes.
create function pg_temp.now(account bigint) returns text language sql as $$
	select case when stands then 'stands' else 'over' end || ' ' || coalesce(status, 'unasked') || case when passes then ' passes' else '' end
		from register.account_now where id = account
$$;

-- ---------------------------------------------------------------- two who keep the register of each programme

select pg_temp.of_ward() as one \gset
select pg_temp.account(:one) as account \gset
select is(pg_temp.probe('desk', l, pg_temp.word_sql(:account, l)), how, format('of whoever is in one programme, an account is proposed by %s: %s', l, how))
	from (values ('lan', 'ok'), ('tam', 'ok'), ('son', 'CH001 no_mandate'), ('hoa', 'CH001 no_mandate')) as w(l, how);
select is(pg_temp.probe('desk', 'lan', pg_temp.word_sql(:account, 'minh')), 'CH001 not_yours', 'nobody proposes in another''s name');
select is(pg_temp.probe('owner', 'lan', format('insert into register.account_word (account, what, from_day, document, first_officer, second_officer, decided_at)
	values (%s, ''add'', ''2024-04-03'', ''sổ số 1'', %s, %s, now())', :account, pg_temp.officer('lan'), pg_temp.officer('minh'))), 'CH001 not_proposed', 'nor both halves at once');
select pg_temp.proposed(pg_temp.word_sql(:account, 'lan')) as word \gset
select is(pg_temp.now(:account), 'over unasked', 'a proposal alone receives nothing');
select is(pg_temp.probe('desk', l, pg_temp.confirm_sql(:word, o)), how, title) from (values
	('minh', 'minh', 'ok', 'a second officer confirms it'), ('lan', 'lan', '23514 account_word_check1', 'who proposed it does not'),
	('tam', 'minh', 'CH001 not_yours', 'nor anybody in another''s name'), ('son', 'son', 'CH001 no_mandate', 'nor an officer of another ward'),
	('hoa', 'hoa', 'CH001 no_mandate', 'nor one without the register')) as w(l, o, how, title);
select pg_temp.enrolled(:one, 'social', '22915');
select is(pg_temp.probe('desk', 'tam', pg_temp.confirm_sql(:word, 'tam')), 'CH001 no_mandate', 'an account receives from each programme: who keeps one of two does not confirm it');
select is(pg_temp.probe('desk', 'tam', pg_temp.word_sql(:account, 'tam', 'end')), 'CH001 no_mandate', 'nor propose its end');
select is(pg_temp.probe('desk', 'tam', pg_temp.drop_sql(:word, 'tam')), 'ok', 'but may drop a slip');
select is(pg_temp.probe('desk', 'son', pg_temp.drop_sql(:word, 'son')), 'CH001 no_mandate', 'which an officer of another ward does not');
select is(pg_temp.probe('desk', 'minh', pg_temp.drop_sql(:word, 'lan')), 'CH001 not_yours', 'nor anybody in another''s name');
-- The certificate of whoever proposed it is revoked, or over.
insert into auth.revocation (certificate, text, signatures) values (pg_temp.certificate('lan'), 't', 's');
select is(pg_temp.probe('desk', 'minh', pg_temp.confirm_sql(:word, 'minh')), 'CH001 first_mandate', 'whoever proposed it has the mandate still when it is confirmed');
set local session_replication_role = replica;
delete from auth.revocation;
update auth.certificate set not_after = now() - interval '1 second' where id = pg_temp.certificate('lan');
set local session_replication_role = origin;
select is(pg_temp.probe('desk', 'minh', pg_temp.confirm_sql(:word, 'minh')), 'CH001 first_mandate', 'which ends with the certificate');
set local session_replication_role = replica;
update auth.certificate set not_after = now() + interval '1 day' where id = pg_temp.certificate('lan');
set local session_replication_role = origin;
-- Moved to another ward since.
savepoint moved;
select pg_temp.enrolled(:one, p, '22918', '2024-05-01') from unnest(array['merit', 'social']) p;
select is(pg_temp.probe('desk', 'minh', pg_temp.confirm_sql(:word, 'minh')), 'CH001 no_mandate', 'the ward from which somebody moved away keeps his account no more');
select is(pg_temp.probe('desk', 'son', pg_temp.word_sql(:account, 'son')), 'ok', 'the new one does');
rollback to moved;

-- ---------------------------------------------------------------- a word is confirmed as it was read

select is(pg_temp.probe('owner', 'minh', pg_temp.confirm_sql(:word, 'minh') || format('; update register.account_word set %s where id = %s', c, :word)), 'CH001 append_only', format('a word is not changed: %s', c))
	from unnest(array['what = ''end''', 'until = ''2024-12-31''', 'document = ''khác''', 'from_day = from_day - 1', 'second_officer = null, decided_at = null']) c;
select is(pg_temp.probe('owner', 'minh', replace(pg_temp.confirm_sql(:word, 'minh'), ' where', format(', %s where', c))), 'CH001 append_only', format('nor in the same breath: %s', c))
	from unnest(array['document = ''khác''', 'first_officer = second_officer']) c;
select pg_temp.done(pg_temp.try('desk', 'minh', pg_temp.confirm_sql(:word, 'minh')));
select is(pg_temp.now(:account), 'stands unasked', 'two said it');
select is(pg_temp.probe('desk', 'minh', s), 'CH001 append_only', 'it is decided once') from unnest(array[pg_temp.confirm_sql(:word, 'minh'), pg_temp.drop_sql(:word, 'minh')]) s;
select is(pg_temp.probe('desk', 'lan', format('insert into register.account_word (account, what, from_day, until, document, first_officer) values (%s, %L, %L, %L, %L, %s)',
	:account, what, '2024-04-03', until, document, pg_temp.officer('lan'))), how, title) from (values
	('grow', null, 'sổ số 1', '23514 account_word_what_check', 'three things are said of an account'), ('add', null, 'ab', 'CH001 document_missing', 'on a document'),
	('end', '2024-05-01', 'sổ số 1', 'CH001 authority_none', 'one''s own account has no last day'), ('add', '2024-12-31', 'sổ số 1', 'CH001 authority_none', 'one''s own account needs no authority'),
	('renew', null, 'sổ số 1', 'CH001 authority_none', 'and none is prolonged')) as w(what, until, document, how, title);
select pg_temp.proposed(pg_temp.word_sql(:account, 'lan', 'add')) as late \gset
select pg_temp.said(:account, 'end');
select is(pg_temp.probe('desk', 'minh', pg_temp.confirm_sql(:late, 'minh')), 'CH001 word_overtaken', 'what was proposed before the end does not undo it');
select is(pg_temp.now(:account), 'over unasked', 'it is ended');
select pg_temp.said(:account, 'add');
select is(pg_temp.now(:account), 'stands unasked', 'and two may add it again');
select pg_temp.said(:account, 'end', null, ops.today() + 1);
select is(pg_temp.now(:account), 'stands unasked', 'an end of tomorrow takes nothing today');
select is(pg_temp.probe('desk', 'minh', pg_temp.confirm_sql(pg_temp.proposed(pg_temp.word_sql(:account, 'lan', what, null, day)), 'minh')), how, title) from (values
	('add', ops.today(), 'CH001 end_waits', 'nor is it undone before its day comes'), ('add', ops.today() + 9, 'CH001 end_waits', 'by a word of a later day either'),
	('end', ops.today(), 'ok', 'an earlier end is one too')) as w(what, day, how, title);

-- ---------------------------------------------------------------- authorities

select pg_temp.account(:one, 'officer', 'delegate', 'VCB', 'd') as delegate, pg_temp.account(:one, 'officer', 'guardian', 'VCB', 'g') as guardian \gset
insert into rules.authority_limit select 'merit', a.province_code, 12, 'thử' from register.area a where a.code = '22915' and a.valid_from = '2023-04-01';
select is(pg_temp.probe('desk', 'lan', pg_temp.word_sql(a, 'lan', 'add', until)), how, title) from (values
	(:delegate, null, 'CH001 authority_until_missing', 'a delegate''s authority has an end'), (:guardian, null, 'ok', 'a guardian''s need not have one'),
	(:delegate, (ops.today() + interval '12 months')::date::text, 'ok', '49/2012/QD-UBND: a year is allowed'),
	(:delegate, (ops.today() + interval '12 months 1 day')::date::text, 'CH001 authority_too_long', '49/2012/QD-UBND: a day more is not'),
	(:delegate, (ops.today() - 1)::text, 'CH001 authority_until_past', 'it does not end before it begins')) as w(a, until, how, title);
select is(pg_temp.probe('desk', 'lan', pg_temp.word_sql(:delegate, 'lan', 'renew', null)), 'CH001 authority_until_missing', 'nor is it prolonged for ever');
select pg_temp.said(:delegate, 'add', (ops.today() + 30)::text);
select pg_temp.said(:delegate, 'renew', (ops.today() + 90)::text);
select is((select authority_until - ops.today() || ' ' || authority from register.account_now where id = :delegate), '90 sổ số 1', 'the newest word says until when, and by what');
select is(pg_temp.probe('desk', 'lan', pg_temp.word_sql(:delegate, 'lan', 'end', ops.today()::text)), '23514 account_word_check4', 'an end has no end');
select pg_temp.account(:one, 'list', 'delegate', 'VCB', 'list') as listed \gset
select is((select authority_until from register.account_now where id = :listed), (ops.today() + interval '12 months')::date,
	'49/2012/QD-UBND: a list''s delegate without an end has the year');
select is(pg_temp.now(:listed), 'stands unasked', 'what a list names needs no second officer, but a bank');
select is(pg_temp.probe('owner', null, s), 'CH001 append_only', s) from unnest(array['delete from register.account_word', 'delete from rules.authority_limit']) s;

-- ---------------------------------------------------------------- a bank is renamed, twice

select pg_temp.account(:one, 'list', 'self', 'OLD1', 'r') as r1 \gset
select pg_temp.account(:one, 'list', 'self', 'OLD2', 'r', :r1) as r2 \gset
select pg_temp.said(:r2, 'end');
select pg_temp.account(:one, 'list', 'self', 'VCB', 'r', :r1) as r3 \gset
select pg_temp.checked(a, 'open', true) from unnest(array[:r1, :r2, :r3]) a;
select is(pg_temp.now(a), 'over open passes', format('ended under one code, it is over under %s', b)) from (values (:r1, 'the one before'), (:r2, 'this'), (:r3, 'the next')) as w(a, b);
select pg_temp.proposed(pg_temp.word_sql(:r3, 'lan')) as word \gset
select pg_temp.said(:r1, 'end');
select is(pg_temp.probe('desk', 'minh', pg_temp.confirm_sql(:word, 'minh')), 'CH001 word_overtaken', 'nor is it added by a word that was older, of another code');
set local session_replication_role = replica;
insert into bank.bank select 'OLD1', null, short_name, name_vi, null, null, name_lookup, true, 'VCB', source from bank.bank where code = 'VCB';
set local session_replication_role = origin;
select is(renamed, id = :r1, format('%s', bank)) from register.account_now where id in (:r1, :r3);

-- ---------------------------------------------------------------- two who are one

select pg_temp.of_ward() as kept, pg_temp.of_ward() as gone \gset
select pg_temp.account(:kept, 'list', 'self', 'VCB', 's') as k, pg_temp.account(:gone, 'list', 'self', 'VCB', 's') as g, pg_temp.account(:gone, 'list', 'self', 'ABB', 's') as other \gset
select pg_temp.checked(a, 'open', true) from unnest(array[:k, :g, :other]) a;
select pg_temp.said(:g, 'end');
select pg_temp.checked(:g, 'closed', false);
select is(pg_temp.now(:k), 'stands open passes', 'another''s account with the same number is another one');
set local session_replication_role = replica;
update register.person set root = :kept where id = :gone;
set local session_replication_role = origin;
select is(pg_temp.now(a), 'over closed', 'of two who are one the account is one: what was said of either row holds for both') from unnest(array[:k, :g]) a;
select is(pg_temp.now(:other), 'stands open passes', 'the same number at another bank is another account');
select pg_temp.proposed(pg_temp.word_sql(:k, 'lan', 'end')) as word \gset
select pg_temp.said(:other, 'add');
select is(pg_temp.probe('desk', 'minh', pg_temp.confirm_sql(:word, 'minh')), 'ok', 'what was said of that one since overtakes nothing');
select pg_temp.said(:g, 'add');
select is(pg_temp.probe('desk', 'minh', pg_temp.confirm_sql(:word, 'minh')), 'CH001 word_overtaken', 'what was said of the other row since overtakes an end of this one');
select pg_temp.said(:g, 'end', null, ops.today() + 1);
select is(pg_temp.probe('desk', 'minh', pg_temp.confirm_sql(pg_temp.proposed(pg_temp.word_sql(a, 'lan')), 'minh')), how, title) from (values
	(:k, 'CH001 end_waits', 'an end of tomorrow of one row stands against a word about the other'), (:other, 'ok', 'not about another account')) as w(a, how, title);
select is(count(*), 2::bigint, 'both are kin') from register.kin where root = :kept;

-- ---------------------------------------------------------------- what was found out, and when

select pg_temp.account(:one, 'list', 'self', 'VCB', 'c') as c \gset
select pg_temp.checked(:c, 'closed', false, ops.today());
select pg_temp.checked(:c, 'open', true, ops.today() - 10);
select is(pg_temp.now(:c), 'stands closed', 'an older list that comes later opens nothing');
select pg_temp.checked(:c, 'unclear', false);
select is(pg_temp.now(:c), 'stands closed', 'nor does an answer that says nothing');
select pg_temp.checked(:c, 'dormant', true);
select is(pg_temp.now(:c), 'stands dormant passes', 'a bank''s newer word does; a dormant account may pass');

select pg_temp.account(:one, s, k, b, n) from (values ('list', 'self', 'VCB', 'p1'), ('list', 'self', 'OLD1', 'p2'), ('bank_list', 'self', 'VCB', 'p3')) as w(s, k, b, n);
select pg_temp.account(:one, 'list', 'self', 'VCB', 'p4') as ended, pg_temp.account(:one, 'bank_list', 'guardian', 'VCB', 'p5') as older, pg_temp.account(:one, 'list', 'self', 'VCB', 'p6') as unclear \gset
select pg_temp.said(:ended, 'end');
select pg_temp.checked(:older, 'closed', false), pg_temp.checked(:older, 'open', true, ops.today() - 10), pg_temp.checked(:unclear, 'open', true);
select pg_temp.checked(:unclear, 'unclear', false);
create function pg_temp.same_by_sets() returns text language sql as $f$
	select bag_eq($$ select id, owner, bank, authority_until, status, passes from register.account_standing $$,
		$$ select n.id, coalesce(p.root, p.id), n.bank, n.authority_until, n.status, n.passes from register.account_now n join register.person p on p.id = n.person
			where n.stands and not n.renamed $$, 'what is said of all accounts at once is what is said of each')
$f$;
select pg_temp.same_by_sets();

create function pg_temp.vouch_sql(account bigint) returns text language sql as $$
	select format('insert into register.account_check (account, source, status, grade, id_linked, passes) values (%s, ''officer'', ''open'', ''exact'', true, true)', account)
$$;
select pg_temp.account(:one, 'officer', 'self', 'VCB', 'v') as v \gset
select pg_temp.proposed(pg_temp.word_sql(:v, 'lan')) as word \gset
select is(pg_temp.probe('desk', 'lan', pg_temp.vouch_sql(:v)), 'CH001 not_decided', 'nobody vouches on his own proposal');
select pg_temp.done(pg_temp.try('desk', 'minh', pg_temp.confirm_sql(:word, 'minh')));
select is(pg_temp.probe('desk', 'minh', pg_temp.vouch_sql(:v)), 'ok', 'two do');

-- ---------------------------------------------------------------- a list of accounts takes two

-- What an officer runs to bring a list: accounts, each with whether it passes. Each list is another file.
create sequence pg_temp.lists;
create function pg_temp.list_sql(login text, accounts bigint[], passes boolean default true, source text default 'bank_list', bank text default 'VCB', kind text default 'account_list',
		rows boolean default true, of_officer text default null) returns text language plpgsql as $$
declare
	n bigint := nextval('pg_temp.lists');
begin
	return format('insert into register.import_file (id, sha256, name, kind, bank, officer, row_key) overriding system value values (%s, sha256(''l%s''), ''l%s'', %L, %L, %s, ''k'');
		insert into register.account_file (file, source, known_on, first_officer) values (%s, %L, ops.today(), %s);', 70000 + n, n, n, kind, bank, pg_temp.officer(login),
		70000 + n, source, pg_temp.officer(coalesce(of_officer, login))) || case when rows then pg_temp.list_rows_sql(70000 + n, accounts, passes) else '' end;
end $$;
create function pg_temp.list_rows_sql(file bigint, accounts bigint[], passes boolean default true, first integer default 1) returns text language sql as $$
	select format('insert into register.account_file_row (file, row_no, account, status, grade, passes) select %s, %s + n, a, ''open'', %L, %L from unnest(%L::bigint[]) with ordinality as u(a, n)',
		file, first, case when passes then 'exact' else 'different' end, passes, accounts)
$$;
create function pg_temp.brought(login text, accounts bigint[], passes boolean default true, source text default 'bank_list', bank text default 'VCB') returns bigint language plpgsql as $$
begin
	perform pg_temp.done(pg_temp.try('desk', login, pg_temp.list_sql(login, accounts, passes, source, bank)));
	return (select max(file) from register.account_file);
end $$;
create function pg_temp.confirm_list_sql(file bigint, login text) returns text language sql as $$
	select format('update register.account_file set second_officer = %s, decided_at = clock_timestamp() where file = %s', pg_temp.officer(login), file)
$$;
create function pg_temp.drop_list_sql(file bigint, login text) returns text language sql as $$
	select format('update register.account_file set dropped_by = %s where file = %s', pg_temp.officer(login), file)
$$;
create function pg_temp.list_check_sql(account bigint, source text default 'bank_list', passes boolean default true) returns text language sql as $$
	select format('insert into register.account_check (account, source, status, grade, id_linked, passes) values (%s, %L, ''open'', ''exact'', true, %L)', account, source, passes)
$$;
select pg_temp.of_ward() as p1, pg_temp.of_ward() as p2, pg_temp.of_ward('22918') as p3 \gset
select pg_temp.account(:p1, 'bank_list', 'self', 'VCB', 'l1') as a1, pg_temp.account(:p2, 'bank_list', 'self', 'VCB', 'l2') as a2, pg_temp.account(:p3, 'bank_list', 'self', 'VCB', 'l3') as a3 \gset
-- Not both halves at once, not in another's name, not for another kind of list.
select is(pg_temp.probe('desk', 'lan', s), how, title) from (values
	(pg_temp.list_sql('lan', array[:a1, :a2]), 'ok', 'one officer brings a list'), (pg_temp.list_sql('lan', array[:a1], of_officer => 'minh'), 'CH001 not_its_file', 'which is his own'),
	(pg_temp.list_sql('lan', array[:a1], source => 'vneid'), 'CH001 not_its_file', 'and whose it says'),
	(pg_temp.list_sql('lan', array[:a1], kind => 'deaths'), 'CH001 not_its_file', 'and of accounts'),
	(pg_temp.list_sql('lan', array[0]), 'CH001 names_nothing', 'that are there'),
	(pg_temp.list_sql('lan', array[:a1], rows => false) || '; update register.account_file set second_officer = first_officer, decided_at = now() where file = (select max(file) from register.account_file)',
		'23514 account_file_check', 'and does not let it count')) as w(s, how, title);
select is(pg_temp.probe('owner', 'lan', replace(replace(pg_temp.list_sql('lan', array[:a1], rows => false), 'known_on, first_officer)', 'known_on, first_officer, second_officer, decided_at)'),
	format('ops.today(), %s)', pg_temp.officer('lan')), format('ops.today(), %s, %s, now())', pg_temp.officer('lan'), pg_temp.officer('minh')))), 'CH001 not_proposed', 'nor is it made with both');
select pg_temp.brought('lan', array[:a1, :a2]) as list \gset
select is(pg_temp.now(:a1), 'stands unasked', 'a list that one brought makes nothing pass');
select is(pg_temp.probe('desk', 'lan', pg_temp.list_check_sql(:a1, s)), 'CH001 list_waits', format('nor does who brought it write that it passes: %s', s)) from unnest(array['bank_list', 'vneid']) s;
select is(pg_temp.probe('desk', 'lan', pg_temp.list_check_sql(:a1, 'bank_list', false)), 'ok', 'what speaks against an account needs no second one');
select is(pg_temp.probe('desk', l, pg_temp.confirm_list_sql(:list, o)), how, title) from (values
	('minh', 'minh', 'ok', 'a second officer lets it count'), ('lan', 'lan', '23514 account_file_check', 'who brought it does not'), ('lan', 'minh', 'CH001 not_yours', 'nor in another''s name'),
	('son', 'son', 'CH001 no_mandate', 'nor an officer of another ward'), ('hoa', 'hoa', 'CH001 no_mandate', 'nor one without the register')) as w(l, o, how, title);
select is(pg_temp.probe('desk', 'tam', pg_temp.confirm_list_sql(:list, 'tam')), 'ok', 'of whoever is in one programme, who keeps that one does');
select pg_temp.enrolled(:p2, 'rent', '22915');
select is(pg_temp.probe('desk', 'tam', pg_temp.confirm_list_sql(:list, 'tam')), 'CH001 no_mandate', 'of whom one is in another too, only who keeps both');
select is(pg_temp.probe('desk', l, pg_temp.drop_list_sql(:list, l)), how, title) from (values ('lan', 'ok', 'who brought it drops it'), ('minh', 'ok', 'so does a second one'),
	('son', 'CH001 no_mandate', 'and no other')) as w(l, how, title);
select pg_temp.brought('lan', array[:a1, :a3]) as wide \gset
select is(pg_temp.probe('desk', 'minh', pg_temp.confirm_list_sql(:wide, 'minh')), 'CH001 no_mandate', 'a list that reaches another ward takes the mandate there');
select is(pg_temp.probe('desk', 'son', pg_temp.confirm_list_sql(pg_temp.brought('lan', array[:a3]), 'son')), 'CH001 first_mandate', 'and so does who brought it');
savepoint moved;
select pg_temp.enrolled(:p1, 'merit', '22918', '2024-05-01');
select is(pg_temp.probe('desk', 'minh', pg_temp.confirm_list_sql(:list, 'minh')), 'CH001 no_mandate', 'the ward to which somebody moved since counts');
rollback to moved;
-- A list does not change.
select is(pg_temp.probe('desk', 'lan', pg_temp.list_rows_sql(:list, array[:a3], true, 9)), 'ok', 'its rows come with it');
set local session_replication_role = replica;
update register.account_file set xact = '3' where file in (:list, :wide);
set local session_replication_role = origin;
select is(pg_temp.probe('owner', 'lan', pg_temp.list_rows_sql(:list, array[:a3], true, 9)), 'CH001 list_whole', 'and none after');
select is(pg_temp.probe('owner', 'minh', replace(pg_temp.confirm_list_sql(:list, 'minh'), ' where', format(', %s where', c))), 'CH001 append_only', format('nor does it change as it is confirmed: %s', c))
	from unnest(array['known_on = known_on + 1', 'source = ''vneid''', 'dropped_by = 1', 'xact = pg_current_xact_id()', 'first_officer = 3']) c;
-- Two let it count.
select pg_temp.done(pg_temp.try('desk', 'minh', pg_temp.confirm_list_sql(:list, 'minh')));
select is(pg_temp.now(a), 'stands open passes', 'what two let count passes') from unnest(array[:a1, :a2]) a;
select is(pg_temp.now(:a3), 'stands unasked', 'and nothing else');
select is(pg_temp.probe('desk', 'minh', s), 'CH001 append_only', 'it is decided once') from unnest(array[pg_temp.confirm_list_sql(:list, 'minh'), pg_temp.drop_list_sql(:list, 'minh')]) s;
select is(pg_temp.probe('desk', 'lan', pg_temp.list_check_sql(:a1)), 'ok', 'an account that is on it may be graded anew');
select is(pg_temp.probe('desk', 'lan', pg_temp.list_check_sql(:a1, 'vneid')), 'CH001 list_waits', 'by such a list alone');
select is(pg_temp.probe('desk', 'lan', pg_temp.list_check_sql(pg_temp.account(:p1, 'list', 'self', 'ABB', 'l', :a1))), 'ok', 'under its bank''s new code too');
select is(pg_temp.probe('desk', 'lan', pg_temp.list_check_sql(pg_temp.account(:p1, 'list', 'self', 'ABB', 'm'))), 'CH001 list_waits', 'and no other account of the person');
-- Dropped.
select pg_temp.account(:p1, 'bank_list', 'self', 'VCB', 'dropped') as d \gset
select pg_temp.brought('lan', array[:d]) as list \gset
set local session_replication_role = replica;
update register.payee_account set file = :list where id = :d;
set local session_replication_role = origin;
select is(pg_temp.now(:d), 'stands unasked', 'what a list names waits');
select pg_temp.done(pg_temp.try('desk', 'lan', pg_temp.drop_list_sql(:list, 'lan')));
select is(pg_temp.now(:d), 'over unasked', 'what only a dropped list named stands no more');
select is(pg_temp.probe('desk', 'minh', pg_temp.confirm_list_sql(:list, 'minh')), 'CH001 append_only', 'and counts never');
savepoint asked;
insert into register.account_check (account, source, status, grade, id_linked, passes) values (:d, 'bank_inquiry', 'not_found', 'different', false, false);
select is(pg_temp.now(:d), 'over not_found', 'nor when its bank knows nothing of it');
select pg_temp.same_by_sets();
insert into register.account_check (account, source, status, grade, id_linked, passes) values (:d, 'bank_inquiry', 'open', 'exact', true, true);
select is(pg_temp.now(:d), 'stands open passes', 'but when its bank says whose it is, that is better than the list');
rollback to asked;
select pg_temp.brought('lan', array[:d]) as list \gset
select is(pg_temp.now(:d), 'stands unasked', 'until another list names it');
-- Meanwhile.
savepoint since;
set local session_replication_role = replica;
insert into register.identity (kind, person, name, name_fold, number, reason, first_officer, second_officer, decided_at)
	values ('correct', :p1, 'X', 'x', '1', 'xxx', pg_temp.officer('lan'), pg_temp.officer('minh'), now() + interval '1 second');
set local session_replication_role = origin;
select is((select counts from register.account_file_rows(:list)), false, 'whose name was corrected since, the list does not vouch for');
rollback to since;
select is((select counts from register.account_file_rows(:list)), true, 'else it does');
insert into register.account_check (account, source, status, grade, id_linked, passes, known_on, at) values (:d, 'bank_inquiry', 'closed', 'exact', true, false, ops.today(), now() + interval '1 second');
select is((select counts from register.account_file_rows(:list)), false, 'nor against what the bank said since');
rollback to since;
insert into register.account_check (account, source, status, grade, id_linked, passes, known_on, at) values (:d, 'bank_inquiry', 'open', 'exact', false, false, ops.today(), now() + interval '1 second');
select is((select counts from register.account_file_rows(:list)), true, 'but where the bank left open whose ID it is');
rollback to since;
insert into register.account_check (account, source, status, grade, id_linked, passes, known_on) values (:d, 'bank_list', 'closed', 'exact', false, false, ops.today() - 9);
select pg_temp.brought('lan', array[:d], true, 'vneid', 'VNEID') as vneid \gset
select is((select counts from register.account_file_rows(l)), counts, title) from (values (:list, true, 'a bank opens what it closed'), (:vneid, false, 'VNeID does not')) as w(l, counts, title);
rollback to since;

-- ---------------------------------------------------------------- wishes

create function pg_temp.wish_sql(login text, programme text default 'merit', columns text default 'officer, asked_by, typed_at', tail text default ', ''bà'', now()') returns text language sql as $$
	select format('insert into register.pay_preference (person, programme, method, since, %s) select max(e.person), %L, ''cash'', ''2024-04-03'', %s%s from register.enrolment e where e.programme = ''social''',
		columns, programme, pg_temp.officer(login), tail)
$$;
select is(pg_temp.probe('desk', l, pg_temp.wish_sql(o, p)), how, title) from (values
	('lan', 'lan', 'merit', 'ok', 'a wish is typed by who keeps the register'), ('lan', 'minh', 'merit', 'CH001 not_yours', 'in his own name'),
	('tam', 'tam', 'merit', 'ok', 'of that programme'), ('tam', 'tam', 'social', 'CH001 no_mandate', 'and of no other'),
	('son', 'son', 'merit', 'CH001 no_mandate', 'where this person is')) as w(l, o, p, how, title);
select is(pg_temp.probe('desk', 'lan', pg_temp.wish_sql('lan', 'merit', 'officer', '')), '23514 pay_preference_word', 'it is kept who said so');
select pg_temp.done(pg_temp.try('desk', 'lan', pg_temp.wish_sql('lan', 'merit')));
select is((select array_agg(w.person) from register.wishes_cash(p) w), case p when 'merit' then array[:one]::bigint[] end, format('who wishes cash in %s', p)) from unnest(array['merit', 'social']) p;
insert into register.pay_preference (person, programme, method, since) values (:gone, 'merit', 'account', '2024-04-04'), (:kept, 'merit', 'cash', '2024-04-02'), (:one, 'merit', 'account', ops.today() + 1);
select is((select array_agg(w.person) from register.wishes_cash('merit') w), case when ops.today() >= '2024-04-04' then array[:one]::bigint[] else array[:one, :kept]::bigint[] end,
	'of two who are one the newest wish of either counts, and none before its day');

-- ---------------------------------------------------------------- what waits, and cash

insert into register.finding (programme, period, person, code, note, blocks) values ('merit', '2024-04-01', :one, 'account_name', 'n', true) returning id as found \gset
create function pg_temp.waits(finding bigint) returns boolean language sql as $$ select exists (select from register.waiting where id = finding) $$;
create function pg_temp.close_all(p bigint) returns void language sql as $$
	insert into register.account_check (account, source, status, grade, id_linked, passes)
		select a.id, 'bank_list', 'closed', 'exact', true, false from register.payee_account a where a.person = p
$$;
savepoint open;
select pg_temp.close_all(:one);
select is(pg_temp.waits(:found), false, 'what was found of one account holds back nobody who wishes cash');
rollback to open;
insert into register.pay_preference (person, programme, method, since) values (:one, 'merit', 'account', ops.today());
select is(pg_temp.waits(:found), false, 'or has another one that passes');
savepoint open;
select pg_temp.close_all(:one);
select is(pg_temp.waits(:found), true, 'but who has none');
rollback to open;
set local session_replication_role = replica;
insert into register.finding_decision (finding, verdict, first_officer, second_officer, reason) values (:found, 'do_not_pay', pg_temp.officer('lan'), pg_temp.officer('minh'), 'r');
set local session_replication_role = origin;
select is(pg_temp.waits(:found), true, 'and whom two officers said not to pay');

select pg_temp.open_batch() as batch, pg_temp.claim() as claim \gset
select is(pg_temp.probe('desk', 'lan', replace(replace(pg_temp.line_sql(:batch, :claim), 'account_hash,', 'payee_account, cash_reason, account_hash,'), 'sha256(''' || :claim || '''), 1000000',
	format('%s, %s, sha256(''%s''), 1000000', a, r, :claim))), how, title) from (values
	(:account::text, 'null', 'ok', 'into an account'), ('null', '''wish''', 'ok', 'in cash, by wish'), ('null', '''no_account''', 'ok', 'in cash, for want of an account'),
	('null', '''whim''', '23514 payout_cash_reason_check', 'for no other reason'), (:account::text, '''wish''', '23514 payout_cash_reason', 'never both')) as w(a, r, how, title);

select * from finish();
rollback;
