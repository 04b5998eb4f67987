#include "daemon/cli/secret_cmd.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/evidence.h"
#include "ledger/base/file.h"
#include "ledger/base/secret.h"
#include "ledger/base/text.h"
#include "ledger/base/webhook.h"

/* A file that is there is a key that somebody may need: it stays as it is. */
static bool make_one(const char *path, struct why *why)
{
	if (access(path, F_OK) == 0) {
		fprintf(stderr, "%s is there already; it was left as it is\n", path);
		return true;
	}
	struct key32 *key = secret_new();
	bool made = write_file_durable(path, bytes_of(key->b, sizeof(key->b)), 0600, why);
	secret_free(key);
	return made;
}

static void public_evidence(const struct key32 *secret, struct buf *out)
{
	struct key32 half;
	evidence_public(secret, &half);
	base64_encode(BASE64_STD, bytes_of(half.b, sizeof(half.b)), out);
}

static void public_signing(const struct key32 *seed, struct buf *out)
{
	struct sign_key *key = sign_from_seed(seed);
	struct verify_key half = sign_public(key);
	webhook_public_format(&half, out);
	sign_free(key);
}

static int say_public(struct cli *cli, const char *kind, const char *path)
{
	bool evidence = strcmp(kind, "evidence") == 0;
	if (!evidence && strcmp(kind, "signing") != 0)
		return cli_usage(cli);
	struct key32 *secret = secret_load_file(path, &cli->w->why);
	if (!secret)
		return cli_refused(cli, &cli->w->why);
	CLEANUP(buf_free) struct buf text = BUF(256);
	(evidence ? public_evidence : public_signing)(secret, &text);
	secret_free(secret);
	puts(buf_str(&text));
	return EX_OK;
}

int cli_secret(struct cli *cli, int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "new") == 0)
		return make_one(argv[2], &cli->w->why) ? EX_OK : cli_refused(cli, &cli->w->why);
	if (argc == 4 && strcmp(argv[1], "public") == 0)
		return say_public(cli, argv[2], argv[3]);
	return cli_usage(cli);
}
