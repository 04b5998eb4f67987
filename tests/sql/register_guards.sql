-- People, lists, accounts, findings: every illegal thing is tried as the desk, which alone writes here, and beside it the legal one.
begin;
\ir ../lib/guards.psql

select pg_temp.person() as person, pg_temp.person() as other, pg_temp.file() as file \gset
select id as account from register.payee_account where person = :person \gset

-- ---------------------------------------------------------------- people

create function pg_temp.person_sql(anchor_bytes integer default 16, birth_year integer default 1950, birth_date text default null, sex text default 'F') returns text language sql as $$
	select format('insert into register.person (anchor, name, name_fold, birth_year, birth_date, sex) values (decode(repeat(''0a'', %s), ''hex''), ''A'', ''a'', %s, %L, %L)',
		anchor_bytes, birth_year, birth_date, sex)
$$;
select is(pg_temp.probe('desk', 'lan', pg_temp.person_sql(n)), case n when 16 then 'ok' else '23514 person_anchor_check' end, format('an anchor of %s bytes', n)) from unnest(array[15, 16, 17]) n;
select is(pg_temp.probe('desk', 'lan', pg_temp.person_sql(16, 1950, d)), case when d like '1950%' then 'ok' else '23514 person_check' end, format('born in 1950, on %s', d)) from unnest(array['1950-12-31', '1951-01-01']) d;
select is(pg_temp.probe('desk', 'lan', pg_temp.person_sql(16, y)), case when y between 1880 and 2100 then 'ok' else '23514 person_birth_year_check' end, format('born in %s', y)) from unnest(array[1879, 1880, 2100, 2101]) y;
select is(pg_temp.probe('desk', 'lan', pg_temp.person_sql(16, 1950, null, s)), case when s in ('M', 'F') then 'ok' else '23514 person_sex_check' end, format('sex %s', s)) from unnest(array['M', 'F', 'X', '']) s;
select is(pg_temp.probe('desk', 'lan', format('insert into register.person (anchor, name, name_fold, birth_year, sex) select anchor, ''B'', ''b'', 1950, ''F'' from register.person where id = %s', :person)),
	'23505 person_anchor_key', 'an anchor is one person''s for ever');
select is(pg_temp.probe('owner', null, format('update register.person set %s where id = %s', c, :person)), 'CH001 append_only', format('a person never changes: %s', c))
	from unnest(array['anchor = substr(sha256(''x''), 1, 16)', 'id = default', 'anchor = anchor']) c;
select is(pg_temp.probe('owner', null, format('update register.person set root = %s where id = %s', :other, :person)), 'CH001 not_decided', 'a person is merged into another by two officers only, register.identity');
select is(pg_temp.probe('owner', null, format('update register.person set root = id where id = %s', :person)), 'CH001 not_decided', 'and not into itself');
select is(pg_temp.probe('desk', 'lan', format('update register.person set %s where id = %s', c, :person)), 'denied', format('the desk does not: %s', c))
	from unnest(array['root = null', 'name = name', 'anchor = anchor', 'birth_year = birth_year']) c;
select is(pg_temp.probe('owner', null, format('delete from register.person where id = %s', :person)), 'CH001 append_only', 'a person is never removed');

create function pg_temp.id_sql(person bigint, blind text, bytes integer default 16, kind text default 'cccd') returns text language sql as $$
	select format('insert into register.person_id (person, kind, blind, sealed) values (%s, %L, substr(sha256(%L) || ''xx'', 1, %s), ''s'')', person, kind, blind, bytes)
$$;
select is(pg_temp.probe('desk', 'lan', pg_temp.id_sql(:person, 'second')), 'ok', 'a person gets another ID');
select is(pg_temp.probe('desk', 'lan', pg_temp.id_sql(:person, 'second', n)), '23514 person_id_blind_check', format('a keyed hash of %s bytes is none', n)) from unnest(array[15, 17]) n;
select is(pg_temp.probe('desk', 'lan', pg_temp.id_sql(:person, 'second', 16, 'passport')), '23514 person_id_kind_check', 'an ID is of a kind that is known');
select pg_temp.done(pg_temp.try('desk', 'lan', pg_temp.id_sql(:person, 'second')));
select is(pg_temp.probe('desk', 'lan', pg_temp.id_sql(p, 'second')), '23505 ' || c, format('an ID is one person''s (%s)', c)) from (values (:other, 'person_id_blind_key'), (:person, 'person_id_pkey')) as w(p, c);
select is(pg_temp.probe('owner', null, format('delete from register.person_id where person = %s', :person)), 'CH001 append_only', 'an ID that was known stays known');
select is(pg_temp.probe('desk', 'lan', format('insert into register.person_key (person, wrapped) values (%s, ''w'')', :person)), '23505 person_key_pkey', 'a person has one key');
select is(pg_temp.probe('desk', 'lan', 'delete from register.person_key'), 'denied', 'the desk destroys no key');

-- ---------------------------------------------------------------- who names what is not there

create function pg_temp.naming(person bigint, file bigint, account bigint, programme text default 'merit', category text default null) returns table (what text, statement text) language sql as $$
	select * from (values
		('key', format('insert into register.person_key (person, wrapped) values (%s, ''w'')', person)),
		('id', format('insert into register.person_id (person, kind, blind, sealed) values (%s, ''cccd'', substr(sha256(''n''), 1, 16), ''s'')', person)),
		('phone', format('insert into register.person_phone (person, blind, sealed) values (%s, substr(sha256(''n''), 1, 16), ''s'')', person)),
		('row', format('insert into register.import_row (file, row_no, status, person) values (%s, 99, ''accepted'', %s)', file, person)),
		('enrolment', format('insert into register.enrolment (person, programme, category, area_code, area_valid_from, from_month, file, row_no)
			values (%s, %L, %L, ''22918'', ''2004-01-01'', ''2024-04-01'', %s, 1)', person, programme, coalesce(category, (select min(code) from rules.category)), file)),
		('preference', format('insert into register.pay_preference (person, programme, method, since, file) values (%s, %L, ''cash'', ''2024-04-01'', %s)', person, programme, file)),
		('account', format('insert into register.payee_account (person, kind, bank, blind, sealed, salt, hash, holder_name, holder_fold, source, file)
			values (%s, ''self'', ''demo'', substr(sha256(''n''), 1, 16), ''s'', substr(sha256(''n''), 1, 16), sha256(''n''), ''N'', ''n'', ''list'', %s)', person, file)),
		('check', format('insert into register.account_check (account, source, status, grade, id_linked, passes) values (%s, ''bank_inquiry'', ''open'', ''exact'', true, true)', account)),
		('inquiry', format('insert into register.account_inquiry (account, bank) values (%s, ''demo'')', account))) as w
$$;
insert into register.person (anchor, name, name_fold, birth_year, sex) values (substr(sha256('bare'), 1, 16), 'C', 'c', 1950, 'F') returning id as bare \gset
select is(pg_temp.probe('owner', null, statement), 'ok', format('%s of what is there', what)) from pg_temp.naming(:bare, :file, :account);
select is(pg_temp.probe('owner', null, statement), case what when 'check' then 'ok' when 'inquiry' then 'ok' else 'CH001 names_nothing' end, format('%s of nobody', what)) from pg_temp.naming(0, :file, :account);
select is(pg_temp.probe('owner', null, statement), case when what in ('row', 'enrolment', 'preference', 'account') then 'CH001 names_nothing' else 'ok' end, format('%s of no file', what)) from pg_temp.naming(:bare, 0, :account);
select is(pg_temp.probe('owner', null, statement), case when what in ('check', 'inquiry') then 'CH001 names_nothing' else 'ok' end, format('%s of no account', what)) from pg_temp.naming(:bare, :file, 0);
select is(pg_temp.probe('owner', null, statement), case when what in ('enrolment', 'preference') then 'CH001 names_nothing' else 'ok' end, format('%s of no programme', what)) from pg_temp.naming(:bare, :file, :account, 'nothing');
select is(pg_temp.probe('owner', null, statement), case when what = 'enrolment' then 'CH001 names_nothing' else 'ok' end, format('%s of no category', what)) from pg_temp.naming(:bare, :file, :account, 'merit', 'nothing');
select is(pg_temp.probe('owner', null, s), 'CH001 append_only', s) from unnest(array['delete from rules.programme', 'update rules.programme set code = ''x''', 'delete from rules.category',
	'update rules.category set code = ''x''', 'truncate rules.programme cascade', 'truncate rules.category cascade', 'truncate register.person cascade']) s;

-- ---------------------------------------------------------------- lists

create function pg_temp.row_sql(row_no integer, status text, person text, code text, period text default '2024-04-01', kind text default 'regular') returns text language sql as $$
	select format('insert into register.import_row (file, row_no, status, person, code, programme, period, kind) values (%s, %s, %L, %s, %L, ''merit'', %L, %L)',
		pg_temp.file(), row_no, status, person, code, period, kind)
$$;
select is(pg_temp.probe('desk', 'lan', pg_temp.row_sql(1, w.status, w.person, w.code)), w.wanted, format('a row that is %s, %s person, code %s', w.status, case w.person when 'null' then 'without' else 'with a' end, coalesce(w.code, 'none')))
	from (values ('accepted', :'person', null, 'ok'), ('accepted', :'person', 'id_length', '23514 import_row_check'), ('repaired', :'person', 'zeros_put_back', 'ok'),
		('repaired', :'person', null, '23514 import_row_check'), ('rejected', 'null', 'id_length', 'ok'), ('rejected', :'person', 'id_length', '23514 import_row_check1'),
		('rejected', 'null', null, '23514 import_row_check'), ('maybe', 'null', 'x', '23514 import_row_status_check')) as w(status, person, code, wanted);
select pg_temp.done(pg_temp.try('desk', 'lan', pg_temp.row_sql(1, 'accepted', :'person', null)));
select is(pg_temp.probe('desk', 'lan', pg_temp.row_sql(w.n, 'accepted', w.person, null, w.period, w.kind)), w.wanted, w.title)
	from (values (1, :'other', '2024-04-01', 'regular', '23505 import_row_pkey', 'a row number is there once in a file'),
		(2, :'person', '2024-04-01', 'regular', '23505 import_row_once', 'a person stands on the lists of a period once'),
		(2, :'person', '2024-05-01', 'regular', 'ok', 'on those of another period again'),
		(2, :'person', '2024-04-01', 'arrears', 'ok', 'arrears stand beside it'),
		(2, :'other', '2024-04-01', 'regular', 'ok', 'another person stands beside it')) as w(n, person, period, kind, wanted, title);
create function pg_temp.file_sql(sha text, kind text default 'payment_list', period text default '2024-04-01') returns text language sql as $$
	select format('insert into register.import_file (sha256, name, kind, programme, period, officer, row_key) values (sha256(%L), ''f'', %L, ''merit'', %L, %s, ''k'')',
		sha, kind, period, pg_temp.officer('lan'))
$$;
select is(pg_temp.probe('desk', 'lan', pg_temp.file_sql('list')), '23505 import_file_once', 'a file comes in once');
select is(pg_temp.probe('desk', 'lan', pg_temp.file_sql('another')), 'ok', 'another comes in too');
select is(pg_temp.probe('desk', 'lan', pg_temp.file_sql('list', 'deaths')), 'ok', 'the same bytes may be another kind of list');
select is(pg_temp.probe('desk', 'lan', pg_temp.file_sql('another', 'gossip')), '23514 import_file_kind_check', 'of a kind that is known');
select is(pg_temp.probe('desk', 'lan', pg_temp.file_sql('another', 'payment_list', '2024-04-02')), '23514 import_file_period_check', 'a period is a month');

select min(code) as category from rules.category where programme = 'merit' \gset
create function pg_temp.enrolment_sql(person bigint, category text, from_month text default '2024-04-01', to_month text default null, pct text default 'null', kind text default 'regular', decision text default null) returns text language sql as $$
	select format('insert into register.enrolment (person, programme, category, injury_pct, area_code, area_valid_from, from_month, to_month, kind, decision, file, row_no)
		values (%s, ''merit'', %L, %s, ''22918'', ''2004-01-01'', %L, %L, %L, %L, %s, 1)', person, category, pct, from_month, to_month, kind, decision, pg_temp.file())
$$;
select is(pg_temp.probe('desk', 'lan', pg_temp.enrolment_sql(:person, :'category', f, t, p, k)), w, format('an enrolment from %s to %s, %s %%, %s', f, t, p, k))
	from (values ('2024-04-01', '2024-04-01', 'null', 'regular', 'ok'), ('2024-04-02', null, 'null', 'regular', '23514 enrolment_from_month_check'),
		('2024-04-01', '2024-03-01', 'null', 'regular', '23514 enrolment_check'), ('2024-04-01', '2024-04-30', 'null', 'regular', '23514 enrolment_check'),
		('2024-04-01', null, '0', 'regular', '23514 enrolment_injury_pct_check'), ('2024-04-01', null, '100', 'regular', 'ok'), ('2024-04-01', null, '101', 'regular', '23514 enrolment_injury_pct_check'),
		('2024-04-01', null, 'null', 'twice', '23514 enrolment_kind_check')) as v(f, t, p, k, w);
select pg_temp.done(pg_temp.try('desk', 'lan', pg_temp.enrolment_sql(:person, :'category')));
select is(pg_temp.probe('desk', 'lan', pg_temp.enrolment_sql(:person, :'category')), '23505 enrolment_person_programme_category_kind_from_month_decisio_key', 'the same enrolment twice');
select is(pg_temp.probe('desk', 'lan', pg_temp.enrolment_sql(:person, :'category', '2024-05-01')), 'ok', 'from another month');

-- ---------------------------------------------------------------- accounts

create function pg_temp.account_sql(person bigint, kind text, authority text, blind text default 'new', hash_bytes integer default 32, salt_bytes integer default 16) returns text language sql as $$
	select format('insert into register.payee_account (person, kind, bank, blind, sealed, salt, hash, holder_name, holder_fold, authority, source)
		values (%s, %L, ''demo'', substr(sha256(%L), 1, 16), ''s'', decode(repeat(''05'', %s), ''hex''), decode(repeat(''06'', %s), ''hex''), ''D'', ''d'', %L, ''list'')', person, kind, blind, salt_bytes, hash_bytes, authority)
$$;
select is(pg_temp.probe('desk', 'lan', pg_temp.account_sql(:person, k, a)), case when k = 'thief' then '23514 payee_account_kind_check' when k = 'self' or a is not null then 'ok' else '23514 payee_account_check' end,
	format('the account of %s, authority: %s', k, coalesce(a, 'none'))) from unnest(array['self', 'delegate', 'guardian', 'household', 'thief']) k, unnest(array[null, 'UQ 12/2024']) a where k <> 'thief' or a is not null;
select is(pg_temp.probe('desk', 'lan', pg_temp.account_sql(:person, 'self', null, 'new', n)), '23514 payee_account_hash_check', format('an account hash of %s bytes', n)) from unnest(array[31, 33]) n;
select is(pg_temp.probe('desk', 'lan', pg_temp.account_sql(:person, 'self', null, 'new', 32, n)), '23514 payee_account_salt_check', format('a salt of %s bytes', n)) from unnest(array[15, 17]) n;
select pg_temp.done(pg_temp.try('desk', 'lan', pg_temp.account_sql(:person, 'self', null)));
select is(pg_temp.probe('desk', 'lan', pg_temp.account_sql(:person, 'self', null)), '23505 payee_account_person_bank_blind_key', 'an account is a person''s once');
select is(pg_temp.probe('desk', 'lan', pg_temp.account_sql(:other, 'household', 'same household')), 'ok', 'and may be another''s too');

-- Passing needs an open account, a fitting name and a second link: each combination.
select is(pg_temp.probe('desk', 'lan', format('insert into register.account_check (account, source, status, grade, id_linked, passes) values (%s, ''bank_inquiry'', %L, %L, %L, %L)', :account, s, g, linked, passes)),
		case when not passes or (s in ('open', 'dormant') and linked and g in ('exact', 'tone_variant', 'folded')) then 'ok' else '23514 account_check_check' end,
		format('a check: %s, %s, %s, %s', s, g, case when linked then 'linked' else 'no second link' end, case when passes then 'passes' else 'does not pass' end))
	from unnest(array['open', 'dormant', 'closed', 'blocked', 'not_found', 'unclear']) s, unnest(array['exact', 'tone_variant', 'folded', 'partial', 'different']) g,
		unnest(array[true, false]) linked, unnest(array[true, false]) passes order by s, g, linked, passes;
select is(pg_temp.probe('desk', 'lan', format('insert into register.account_check (account, source, status, grade, id_linked, passes) values (%s, ''officer'', %L, ''different'', false, true)', :account, s)),
		case when s = 'open' then 'CH001 not_decided' else '23514 account_check_check' end, format('no officer vouches alone for an account that is %s', s))
	from unnest(array['open', 'closed', 'blocked', 'not_found', 'unclear']) s order by s;
set local session_replication_role = replica;
insert into register.account_word (account, what, from_day, document, first_officer, second_officer, decided_at)
	values (:account, 'add', '2024-04-03', 'xxx', pg_temp.officer('lan'), pg_temp.officer('minh'), now());
set local session_replication_role = origin;
select is(pg_temp.probe('desk', 'lan', format('insert into register.account_check (account, source, status, grade, id_linked, passes) values (%s, ''officer'', %L, ''different'', false, true)', :account, s)),
		case when s in ('open', 'dormant') then 'ok' else '23514 account_check_check' end, format('officers vouch for an account that is %s', s))
	from unnest(array['open', 'dormant', 'closed', 'blocked', 'not_found', 'unclear']) s order by s;

-- ---------------------------------------------------------------- findings

insert into auth.mandate (officer, certificate, role, agency, area, limit_dong) select officer, id, 'register', '*', '*', 0 from auth.certificate;
insert into register.finding (programme, period, person, code, note, blocks) values ('merit', '2024-04-01', :person, 'amount_differs', 'n', true) returning id as finding \gset
create function pg_temp.decision_sql(finding bigint, first text, second text, verdict text default 'pay_entitled') returns text language sql as $$
	select format('insert into register.finding_decision (finding, verdict, first_officer, second_officer, reason) values (%s, %L, %s, %s, ''seen'')', finding, verdict, pg_temp.officer(first), pg_temp.officer(second))
$$;
select is(pg_temp.probe('desk', 'minh', pg_temp.decision_sql(:finding, 'minh', 'minh')), '23514 finding_decision_check', 'nobody decides a finding alone');
select is(pg_temp.probe('desk', 'minh', pg_temp.decision_sql(:finding, 'minh', 'hoa', 'ignore')), '23514 finding_decision_verdict_check', 'there are two verdicts');
select pg_temp.done(pg_temp.try('desk', 'minh', format('insert into register.finding_proposal (finding, officer, verdict, reason) values (%s, %s, ''pay_entitled'', ''seen'')', :finding, pg_temp.officer('minh'))));
select pg_temp.allows('desk', 'hoa', pg_temp.decision_sql(:finding, 'minh', 'hoa'), 'two decide');
select is(pg_temp.probe('desk', 'tam', pg_temp.decision_sql(:finding, 'tam', 'son', 'do_not_pay')), '23505 finding_decision_pkey', 'once');
select is(pg_temp.probe('desk', 'lan', format('insert into register.finding (programme, period, person, code, note, blocks) values (''merit'', ''2024-04-01'', %s, ''amount_differs'', ''again'', false)', p)),
	case p when 'null' then 'ok' else '23505 finding_key' end, format('a finding about person %s again', case p when 'null' then 'nobody' else 'one' end)) from unnest(array[:'person', 'null']) p;
select is(pg_temp.probe('desk', 'lan', s), 'denied', format('the desk: %s', s)) from unnest(array['update register.finding set blocks = false', 'delete from register.finding',
	'update register.finding_decision set verdict = ''pay_entitled''', 'delete from register.finding_decision', 'update register.import_row set status = ''accepted''',
	'update register.payee_account set sealed = ''x''', 'update register.account_check set passes = true', 'update register.enrolment set to_month = null']) s;

-- ---------------------------------------------------------------- the form of a row

insert into register.account_inquiry (account, bank) values (:account, 'demo') returning id as inquiry \gset
insert into register.account_check (account, source, status, grade, id_linked, passes, inquiry) values (:account, 'bank_inquiry', 'open', 'exact', true, true, :inquiry);
insert into register.pay_preference (person, programme, method, since) values (:person, 'merit', 'cash', '2024-04-01');
insert into register.person_event (person, kind, day) values (:person, 'death', '2024-04-01');
select is(pg_temp.probe('owner', null, s), c, format('the form of a row: %s', c)) from (values
	('23514 account_answer_status_check', format('insert into register.account_answer (inquiry, status) values (%s, ''maybe'')', :inquiry)),
	('23514 account_check_grade_check', format('insert into register.account_check (account, source, status, grade, id_linked, passes) values (%s, ''officer'', ''open'', ''fine'', true, false)', :account)),
	('23514 account_check_source_check', format('insert into register.account_check (account, source, status, grade, id_linked, passes) values (%s, ''rumour'', ''open'', ''exact'', true, false)', :account)),
	('23514 account_check_status_check', format('insert into register.account_check (account, source, status, grade, id_linked, passes) values (%s, ''officer'', ''ajar'', ''exact'', true, false)', :account)),
	('23505 account_check_inquiry_key', format('insert into register.account_check (account, source, status, grade, id_linked, passes, inquiry) values (%s, ''officer'', ''open'', ''exact'', true, false, %s)', :account, :inquiry)),
	('23514 death_notice_blind_check', format('insert into register.death_notice (blind, day, file, row_no) values (''short'', ''2024-04-01'', %s, 1)', :file)),
	('23514 finding_proposal_verdict_check', format('insert into register.finding_proposal (finding, officer, verdict, reason) values (%s, %s, ''perhaps'', ''x'')', :finding, pg_temp.officer('minh'))),
	('23514 import_file_sha256_check', format('insert into register.import_file (sha256, name, kind, officer, row_key) values (''short'', ''f'', ''deaths'', %s, ''k'')', pg_temp.officer('lan'))),
	('23514 import_row_of_list', format('insert into register.import_row (file, row_no, status, programme, period) values (%s, 98, ''accepted'', ''merit'', ''2024-04-01'')', :file)),
	('23514 import_row_of_list', format('insert into register.import_row (file, row_no, status, programme, kind) values (%s, 98, ''accepted'', ''merit'', ''regular'')', :file)),
	('23514 import_row_kind_check', format('insert into register.import_row (file, row_no, status, kind) values (%s, 98, ''accepted'', ''twice'')', :file)),
	('23514 pay_preference_method_check', format('insert into register.pay_preference (person, programme, method, since) values (%s, ''merit'', ''gold'', ''2024-05-01'')', :person)),
	('23505 pay_preference_once', format('insert into register.pay_preference (person, programme, method, since) values (%s, ''merit'', ''cash'', ''2024-04-01'')', :person)),
	('23514 payee_account_blind_check', replace(pg_temp.account_sql(:person, 'self', null, 'b'), 'substr(sha256(''b''), 1, 16)', '''short''')),
	('23514 payee_account_source_check', replace(pg_temp.account_sql(:person, 'self', null, 'b'), '''list''', '''rumour''')),
	('23514 person_event_kind_check', format('insert into register.person_event (person, kind, day) values (%s, ''wedding'', ''2024-04-01'')', :person)),
	('23505 person_event_person_kind_day_key', format('insert into register.person_event (person, kind, day) values (%s, ''death'', ''2024-04-01'')', :person)),
	('23514 person_phone_blind_check', format('insert into register.person_phone (person, blind, sealed) values (%s, ''short'', ''s'')', :person)),
	('23514 area_level_check', 'insert into register.area (code, valid_from, valid_from_known, valid_to_known, level, name, province_code, source) values (''x'', ''2024-01-01'', true, true, ''street'', ''x'', ''60'', ''x'')'),
	('23514 area_check', 'insert into register.area (code, valid_from, valid_to, valid_from_known, valid_to_known, level, name, province_code, source) values (''x'', ''2024-01-01'', ''2023-12-31'', true, true, ''commune'', ''x'', ''60'', ''x'')'),
	('23514 id_century_digit_check', 'insert into register.id_century (digit, sex, year_from, year_to, verification) values (10, ''M'', 2400, 2499, ''x'')'),
	('23514 id_century_sex_check', 'insert into register.id_century (digit, sex, year_from, year_to, verification) values (9, ''X'', 2400, 2499, ''x'')'),
	('23514 id_prefix_prefix_check', 'insert into register.id_prefix (prefix, province_code_before_2025, province_name, source) values (''9a'', ''60'', ''x'', ''x'')')) as v(c, s);

select * from finish();
rollback;
