/* login_cmd.c: chitra login | logout | whoami (officer_cmd.h). */
#include <getopt.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "ledger/base/secret.h"
#include "ledger/base/text.h"
#include "ledger/register/officer_store.h"
#include "daemon/cli/officer_cmd.h"
#include "daemon/cli/passphrase.h"

struct me {
	const char *login, *name;
	int64_t until_us;
};

static void fill_me(struct json_writer *j, const void *what)
{
	const struct me *m = what;
	json_put_str(j, "login", m->login);
	if (m->name)
		json_put_str(j, "name", m->name);
	if (m->until_us)
		json_put_instant(j, "until", m->until_us);
}

/* The directories above the session file, as a person would make them. */
static void make_parents(const char *path)
{
	char *copy = strdup(path);
	bug_if(!copy);
	for (char *slash = copy + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		if (mkdir(copy, 0700) != 0 && errno != EEXIST)
			break; /* writing the file says what is wrong */
		*slash = '/';
	}
	free(copy);
}

static bool keep_session(struct cli *cli, uint8_t token[static 32])
{
	char text[2 * 32 + 2];
	hex_encode(token, 32, text);
	memcpy(text + 64, "\n", 2);
	make_parents(cli->session_path);
	bool kept = write_file_durable(cli->session_path, bytes_z(text), 0600, &cli->w->why);
	secret_wipe(text, sizeof text);
	secret_wipe(token, 32);
	return kept;
}

static int login_with(struct cli *cli, const char *login, const struct sign_key *key)
{
	struct challenge c;
	uint8_t token[32];
	struct me me = {.login = login};
	cli_next_step(cli); /* the passphrase may have taken its time */
	enum result r = login_challenge(cli->w, login, &c);
	if (r != OK)
		return cli_exit(cli, r);
	struct signature sig = sign_detached(key, login_text(cli->w->arena, login, &c));
	r = login_open(cli->w, login, &c, &sig, token, &me.until_us);
	if (r != OK)
		return cli_exit(cli, r);
	if (!keep_session(cli, token))
		return cli_refused(cli, &cli->w->why);
	if (cli->json)
		cli_print_json(fill_me, &me);
	else
		printf("%s: đã đăng nhập\n", login);
	return EX_OK;
}

int cli_login(struct cli *cli, int argc, char **argv)
{
	struct passphrase_from from = PASSPHRASE_FROM_TERMINAL;
	const char *path = NULL;
	const struct cli_option known[] = {
		{"key", .text = &path, .needed = true},
		PASSPHRASE_OPTIONS(&from),
	};
	if (!cli_options(argc, argv, known, COUNT_OF(known)) || optind + 1 != argc)
		return cli_usage(cli);
	CLEANUP(sign_drop) struct sign_key *key = passphrase_open_key(cli, path, &from);
	return key ? login_with(cli, argv[optind], key) : cli_refused(cli, &cli->w->why);
}

int cli_logout(struct cli *cli, int argc, char **argv)
{
	struct hash token_hash;
	(void)argv;
	if (argc != 1)
		return cli_usage(cli);
	if (!cli_session(cli, &token_hash))
		return cli_refused(cli, &cli->w->why);
	enum result r = login_close(cli->w, &token_hash);
	if (r == OK && unlink(cli->session_path) != 0 && errno != ENOENT)
		return why_set(&cli->w->why, "file_trouble", "%s: %s", cli->session_path, strerror(errno)),
		       cli_refused(cli, &cli->w->why);
	return cli_exit(cli, r);
}

int cli_whoami(struct cli *cli, int argc, char **argv)
{
	(void)argv;
	if (argc != 1)
		return cli_usage(cli);
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r != OK)
		return cli_exit(cli, r);
	struct me me = {.login = cli->me.login, .name = cli->me.name};
	r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_me, &me);
	else if (r == OK)
		printf("%s (%s)\n", me.login, me.name);
	return cli_exit(cli, r);
}
