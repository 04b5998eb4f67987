-- The accounting books.

-- name: books_begin_post
-- duties: desk, teller, scribe
-- in: idems text[], idem_hashes bytea[], accounts text[]
-- out: first_seq bigint, recorded timestamptz, known integer[], known_seqs bigint[], accounts integer[]
-- Holds the sequence until commit.
select first_seq, recorded, known, known_seqs, accounts from books.begin_post($1, $2, $3);

-- name: books_post
-- duties: desk, teller, scribe
-- in: first_seq bigint, recorded timestamptz, idems text[], idem_hashes bytea[], kinds text[], effectives date[],
--     lates boolean[], reverses bigint[], legs smallint[], leaves bytea[], leaf_hashes bytea[], of integer[], ns smallint[],
--     places integer[], amounts bigint[], accounts integer[], floors boolean
-- out: below text[]
select books.post($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) as below;

-- name: books_balance
-- duties: desk, teller, scribe
-- in: account text
-- out: balance bigint
select b.balance from books.ledger_account a join books.balance b on b.account = a.id where a.code = $1;
