#include "ledger/register/officer_store.h"

#include <string.h>

#include "ledger/base/secret.h"
#include "ledger/base/text.h"

enum result officer_enter(struct work *w, const struct hash *token_hash, struct officer *out)
{
	struct rows found;
	enum result r = db_run(w, Q_OFFICER_ENTER, DB_ARGS(db_hash(token_hash)), &found);
	if (r != OK)
		return r;
	bug_if(rows_n(&found) != 1);
	*out = (struct officer){
		.id = row_i64(&found, 0, rows_col(&found, "id")),
		.login = row_text(&found, 0, rows_col(&found, "login")),
		.name = row_text(&found, 0, rows_col(&found, "name")),
	};
	return OK;
}

enum result officer_may(struct work *w, const char *role, const struct wanted *wanted, size_t n, bool *may)
{
	const char **agencies = arena_array(w->arena, n, const char *);
	const char **areas = arena_array(w->arena, n, const char *);
	struct day *froms = arena_array(w->arena, n, struct day);
	struct vnd *amounts = arena_array(w->arena, n, struct vnd);
	struct rows found;
	for (size_t i = 0; i < n; i++) {
		agencies[i] = wanted[i].agency;
		areas[i] = wanted[i].area;
		froms[i] = wanted[i].area_from;
		amounts[i] = wanted[i].amount;
	}
	enum result r = db_run(w, Q_OFFICER_MAY,
		DB_ARGS(db_text(role), db_texts(agencies, n), db_texts(areas, n), db_days(froms, n),
			db_vnds(amounts, n)),
		&found);
	if (r != OK)
		return r;
	bug_if(rows_n(&found) != n);
	for (size_t i = 0; i < n; i++)
		may[i] = row_bool(&found, i, rows_col(&found, "may"));
	return OK;
}

enum result officer_must(struct work *w, const char *role, const struct wanted *wanted, size_t n)
{
	bool *may = arena_array(w->arena, n, bool);
	enum result r = officer_may(w, role, wanted, n, may);
	for (size_t i = 0; r == OK && i < n; i++)
		if (!may[i]) {
			why_set(&w->why, "no_mandate",
				"you have no mandate %s for agency %s, area %s and %lld dong", role,
				wanted[i].agency, wanted[i].area, (long long)vnd_dong(wanted[i].amount));
			return REFUSED;
		}
	return r;
}

/* ---- officers ------------------------------------------------------------------------------------------------------ */

static enum result find(struct work *w, const char *login, struct officer *out)
{
	struct rows found;
	enum result r = db_run(w, Q_OFFICER_FIND, DB_ARGS(db_text(login)), &found);
	if (r != OK)
		return r;
	if (rows_n(&found) == 0) {
		why_set(&w->why, "officer_unknown", "there is no officer %s", login);
		return REFUSED;
	}
	*out = (struct officer){
		.id = row_i64(&found, 0, rows_col(&found, "id")),
		.login = row_text(&found, 0, rows_col(&found, "login")),
		.name = row_text(&found, 0, rows_col(&found, "name")),
	};
	return OK;
}

enum result officer_find(struct work *w, const char *login, struct officer *out)
{
	return find(w, login, out);
}

enum result officer_add(struct work *w, const char *login, const char *name, bool *added)
{
	TX_GUARD(w);
	enum result r = tx_begin(w);
	struct rows made;
	if (r == OK)
		r = db_run(w, Q_OFFICER_ADD, DB_ARGS(db_text(login), db_text(name)), &made);
	if (r != OK)
		return r;
	*added = rows_n(&made) == 1;
	struct officer there;
	r = find(w, login, &there);
	if (r != OK)
		return r;
	if (strcmp(there.name, name) != 0) {
		why_set(&w->why, "officer_exists", "officer %s is there already under another name", login);
		return REFUSED;
	}
	return tx_commit(w);
}

/* ---- certificates ---------------------------------------------------------------------------------------------------- */

enum result officer_next_serial(struct work *w, const char *login, int64_t *serial)
{
	struct rows found;
	enum result r = db_run(w, Q_OFFICER_NEXT_SERIAL, DB_ARGS(db_text(login)), &found);
	if (r == OK)
		*serial = row_i64(&found, 0, rows_col(&found, "serial"));
	return r;
}

enum result officer_areas_stand(struct work *w, const struct mandate *mandates, size_t n)
{
	const char **areas = arena_array(w->arena, n, const char *);
	struct rows unknown;
	for (size_t i = 0; i < n; i++)
		areas[i] = mandates[i].area;
	enum result r = db_run(w, Q_MANDATE_AREAS_UNKNOWN, DB_ARGS(db_texts(areas, n)), &unknown);
	if (r != OK || rows_n(&unknown) == 0)
		return r;
	why_set(&w->why, "area_not_now", "no unit has the code %s today",
		row_text(&unknown, 0, rows_col(&unknown, "area")));
	return REFUSED;
}

static enum result add_mandates(
	struct work *w, int64_t officer, int64_t certificate, const struct certified *c)
{
	const char **roles = arena_array(w->arena, c->n, const char *);
	const char **agencies = arena_array(w->arena, c->n, const char *);
	const char **areas = arena_array(w->arena, c->n, const char *);
	struct vnd *limits = arena_array(w->arena, c->n, struct vnd);
	for (size_t i = 0; i < c->n; i++) {
		roles[i] = c->mandates[i].role;
		agencies[i] = c->mandates[i].agency;
		areas[i] = c->mandates[i].area;
		limits[i] = c->mandates[i].limit;
	}
	return db_run(w, Q_MANDATES_ADD,
		DB_ARGS(db_i64(officer), db_i64(certificate), db_texts(roles, c->n), db_texts(agencies, c->n),
			db_texts(areas, c->n), db_vnds(limits, c->n)),
		NULL);
}

enum result officer_certify(struct work *w, const struct certified *c)
{
	TX_GUARD(w);
	enum result r = tx_begin(w);
	struct officer who;
	if (r == OK)
		r = find(w, c->login, &who);
	if (r != OK)
		return r;
	struct rows made;
	r = db_run(w, Q_CERTIFICATE_ADD,
		DB_ARGS(db_i64(who.id), db_hash(&c->sha256), db_bytes(c->text), db_bytes(c->signatures),
			db_bytes(bytes_of(c->key.b, sizeof c->key.b)), db_instant(c->not_before_us),
			db_instant(c->not_after_us)),
		&made);
	if (r == OK)
		r = add_mandates(w, who.id, row_i64(&made, 0, rows_col(&made, "id")), c);
	return r == OK ? tx_commit(w) : r;
}

enum result officer_revoke(
	struct work *w, const struct hash *certificate, struct bytes text, struct bytes signatures)
{
	TX_GUARD(w);
	enum result r = tx_begin(w);
	struct rows found;
	if (r == OK)
		r = db_run(w, Q_CERTIFICATE_BY_HASH, DB_ARGS(db_hash(certificate)), &found);
	if (r != OK)
		return r;
	if (rows_n(&found) == 0) {
		why_set(&w->why, "certificate_unknown", "there is no such certificate here");
		return REFUSED;
	}
	r = db_run(w, Q_REVOCATION_ADD,
		DB_ARGS(db_i64(row_i64(&found, 0, rows_col(&found, "id"))), db_bytes(text),
			db_bytes(signatures)),
		NULL);
	return r == OK ? tx_commit(w) : r;
}

enum result officer_certificates(struct work *w, const char *login, struct certificates *out)
{
	struct rows f;
	enum result r = db_run(w, Q_CERTIFICATES_IN_FORCE, DB_ARGS(db_text(login)), &f);
	if (r != OK)
		return r;
	struct certificates all = {
		.n = rows_n(&f), .at = arena_array(w->arena, rows_n(&f), struct certificate_row)};
	int id = rows_col(&f, "id"), who = rows_col(&f, "login"), name = rows_col(&f, "name"),
	    sha = rows_col(&f, "sha256"), text = rows_col(&f, "text"), sigs = rows_col(&f, "signatures"),
	    key = rows_col(&f, "public_key"), from = rows_col(&f, "not_before"),
	    to = rows_col(&f, "not_after");
	for (size_t i = 0; i < all.n; i++) {
		struct hash public_key = row_hash(&f, i, key);
		all.at[i] = (struct certificate_row){
			.id = row_i64(&f, i, id),
			.login = row_text(&f, i, who),
			.name = row_text(&f, i, name),
			.sha256 = row_hash(&f, i, sha),
			.text = row_bytes(&f, i, text),
			.signatures = row_bytes(&f, i, sigs),
			.not_before_us = row_instant(&f, i, from),
			.not_after_us = row_instant(&f, i, to),
		};
		memcpy(all.at[i].key.b, public_key.b, sizeof all.at[i].key.b);
	}
	*out = all;
	return OK;
}

enum result officer_revocations(struct work *w, struct revocations *out)
{
	struct rows f;
	enum result r = db_run(w, Q_REVOCATIONS_ALL, DB_NO_ARGS, &f);
	if (r != OK)
		return r;
	struct revocations all = {
		.n = rows_n(&f), .at = arena_array(w->arena, rows_n(&f), struct revocation_row)};
	int of = rows_col(&f, "certificate"), text = rows_col(&f, "text"), sigs = rows_col(&f, "signatures");
	for (size_t i = 0; i < all.n; i++)
		all.at[i] = (struct revocation_row){.certificate = row_hash(&f, i, of),
			.text = row_bytes(&f, i, text),
			.signatures = row_bytes(&f, i, sigs)};
	*out = all;
	return OK;
}

/* ---- login ----------------------------------------------------------------------------------------------------------- */

struct bytes login_text(struct arena *a, const char *login, const struct challenge *c)
{
	char hex[2 * sizeof c->nonce + 1];
	hex_encode(c->nonce, sizeof c->nonce, hex);
	return bytes_z(arena_printf(a, "chitra-login/v1\n%s\n%s\n", login, hex));
}

/* 32 random bytes, from the generator of keys. */
static void draw(uint8_t out[static 32])
{
	CLEANUP(secret_drop) struct key32 *k = secret_new();
	memcpy(out, k->b, sizeof k->b);
}

enum result login_challenge(struct work *w, const char *login, struct challenge *out)
{
	TX_GUARD(w);
	struct challenge c = {{0}};
	draw(c.nonce);
	enum result r = tx_begin(w);
	if (r == OK)
		r = db_run(w, Q_CHALLENGE_FORGET_OLD, DB_NO_ARGS, NULL);
	if (r == OK)
		r = db_run(w, Q_CHALLENGE_ADD,
			DB_ARGS(db_bytes(bytes_of(c.nonce, sizeof c.nonce)), db_text(login)), NULL);
	if (r == OK)
		r = tx_commit(w);
	if (r == OK)
		*out = c;
	return r;
}

static enum result refuse_login(struct work *w)
{
	why_set(&w->why, "login_refused",
		"this key is not a certified key in force of this officer, or the login took too long");
	return REFUSED;
}

static bool signed_by_one_of(const struct certificates *c, struct bytes text, const struct signature *sig)
{
	for (size_t i = 0; i < c->n; i++)
		if (sign_verify(&c->at[i].key, text, sig))
			return true;
	return false;
}

enum result login_open(struct work *w, const char *login, const struct challenge *c,
	const struct signature *sig, uint8_t token[static 32], int64_t *expires_us)
{
	TX_GUARD(w);
	struct rows taken, made;
	struct certificates keys;
	enum result r = tx_begin(w);
	if (r == OK)
		r = db_run(w, Q_CHALLENGE_TAKE,
			DB_ARGS(db_bytes(bytes_of(c->nonce, sizeof c->nonce)), db_text(login)), &taken);
	if (r == OK)
		r = officer_certificates(w, login, &keys);
	if (r != OK)
		return r;
	if (rows_n(&taken) == 0 || !signed_by_one_of(&keys, login_text(w->arena, login, c), sig))
		return refuse_login(w);
	draw(token);
	struct hash token_hash = sha256(bytes_of(token, 32));
	r = db_run(w, Q_SESSION_ADD,
		DB_ARGS(db_hash(&token_hash), db_i64(row_i64(&taken, 0, rows_col(&taken, "officer")))),
		&made);
	if (r != OK)
		return r;
	int64_t expires = row_instant(&made, 0, rows_col(&made, "expires_at"));
	r = tx_commit(w);
	if (r == OK)
		*expires_us = expires;
	return r;
}

enum result login_close(struct work *w, const struct hash *token_hash)
{
	TX_GUARD(w);
	enum result r = tx_begin(w);
	if (r == OK)
		r = db_run(w, Q_SESSION_END, DB_ARGS(db_hash(token_hash)), NULL);
	return r == OK ? tx_commit(w) : r;
}
