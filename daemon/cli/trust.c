#include "daemon/cli/trust.h"

#include "ledger/base/file.h"
#include "ledger/base/log.h"
#include "ledger/register/officer_store.h"

#define ADMIN_FILE_MAX 65536

static bool read_admins(struct cli *cli, const char *path, struct trust *trust)
{
	struct bytes file;
	struct why *why = &cli->w->why;
	size_t threshold = (size_t)config_int(cli->config, "desk", "admin_threshold");
	if (!read_file(cli->w->arena, path, ADMIN_FILE_MAX, &file, why))
		return why_set(why, "config_admin_keys", "[desk] admin_keys: %s", path);
	struct why bad = {0};
	return trust_read(file, threshold, trust, &bad) ||
	       why_set(why, "config_admin_keys", "[desk] admin_keys: %s", bad.text);
}

/* What no admin signed revokes nobody, and is worth a look. */
static void add_revocations(struct cli *cli, const struct revocations *r, struct trust *trust)
{
	struct hash *revoked = arena_array(cli->w->arena, r->n, struct hash);
	for (size_t i = 0; i < r->n; i++) {
		struct revocation found;
		struct why why = {0};
		if (revocation_verify(cli->w->arena, trust, r->at[i].text, r->at[i].signatures, &found, &why))
			revoked[trust->n_revoked++] = found.certificate;
		else
			log_event(LOG_WARN, "revocation_unproven",
				K_HASH("certificate", r->at[i].certificate), K_WHY(&why));
	}
	trust->revoked = revoked;
}

enum result cli_trust(struct cli *cli, const struct trust **out)
{
	const char *path = config_text(cli->config, "desk", "admin_keys");
	struct revocations revoked;
	if (!path) {
		*out = NULL;
		return OK;
	}
	struct trust *trust = arena_zalloc(cli->w->arena, sizeof *trust);
	if (!read_admins(cli, path, trust))
		return REFUSED;
	enum result r = officer_revocations(cli->w, &revoked);
	if (r != OK)
		return r;
	add_revocations(cli, &revoked, trust);
	*out = trust;
	return OK;
}
