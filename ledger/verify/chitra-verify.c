/* chitra-verify: whether published books are whole and true, asked without the program that wrote them. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/verify/directory.h"
#include "ledger/verify/dossier.h"
#include "ledger/verify/exported.h"
#include "ledger/verify/log.h"
#include "ledger/verify/receipt.h"
#include "ledger/verify/tar.h"

/* Exit codes. */
enum { FITS = 0, FOUND = 1, USAGE = 64, NO_INPUT = 66 };

static const char usage[] =
	"usage: chitra-verify [options] DIR               the published books\n"
	"       chitra-verify [options] receipt PROOF...  payouts' receipts; a leaf is beside its proof (PROOF's name with .leaf),\n"
	"                                                or both are in what the QR code of a citizen's slip says\n"
	"       chitra-verify [options] proof PROOF...    that transactions of any kind are in the books\n"
	"       chitra-verify [options] bundle FILE       one payout's evidence, as `chitra ledger bundle` wrote it\n"
	"       chitra-verify [options] export FILE [DIR]  a month as `chitra ledger export` wrote it, and its note; DIR: beside the leaves\n"
	"\n"
	"  --key VKEY           the log's key, as text or in a file: name+id+key\n"
	"  --policy FILE        instead: the log's key, witnesses and how many of them must have signed (C2SP tlog-policy)\n"
	"  --checkpoint FILE    a checkpoint that you hold from earlier; may be given often\n"
	"  --admins FILE        public keys of the admins who certify officers, a line each; not given: those of the first leaf\n"
	"  --admin-threshold N  how many of them must have signed a certificate (2)\n"
	"\n"
	"Says what does not fit, naming the leaf, and ends with 0 when what is published fits, 1 when something does not, 64 and 66 when it\n"
	"was not asked rightly or cannot read what you hold.\n";

struct asked {
	struct policy policy;
	bool has_policy;
	struct directory d;
};

static struct text held_text(const struct held *h)
{
	struct text t = {.at = h->at, .n = h->n};

	return t;
}

/* The files that options name are kept until the end: what was read points into them. */
static struct text file_or_end(const char *path)
{
	struct held h = file_take(path, NOTE_MAX);

	if (h.at == NULL) {
		(void)fprintf(stderr, "chitra-verify: cannot read %s: %s\n", path, strerror(errno));
		exit(NO_INPUT);
	}
	return held_text(&h);
}

static bool take_key(struct asked *a, const char *value)
{
	struct text key = strchr(value, '+') != NULL ? text_z(value) : file_or_end(value), line;

	if (text_until(&key, '\n', &line))
		key = line;
	if (policy_of_key(key, &a->policy))
		return true;
	(void)fprintf(stderr,
		"chitra-verify: %s is no key of a log; `chitra ledger key` of the agency prints it\n", value);
	return false;
}

static bool take_policy(struct asked *a, const char *path)
{
	size_t line;

	if (policy_read(file_or_end(path), &a->policy, &line))
		return true;
	(void)fprintf(stderr,
		"chitra-verify: %s, line %zu: no such rule, or a log, or the quorum, is missing\n", path,
		line);
	return false;
}

static bool take_admins(struct asked *a, const char *path)
{
	if (!admins_read(file_or_end(path), &a->d.admins))
		(void)fprintf(stderr,
			"chitra-verify: %s is not a list of keys (64 hex digits and a label a line)\n", path);
	return a->d.admins.n > 0;
}

static bool take_threshold(struct asked *a, const char *value)
{
	int64_t n;

	if (!text_count(text_z(value), &n) || n < 1 || n > ADMINS_MAX)
		return false;
	a->d.admins.least = (size_t)n;
	return true;
}

static bool take_options(struct asked *a, int argc, char **argv)
{
	static const struct option options[] = {
		{"key", required_argument, NULL, 'k'},
		{"policy", required_argument, NULL, 'p'},
		{"checkpoint", required_argument, NULL, 'c'},
		{"admins", required_argument, NULL, 'a'},
		{"admin-threshold", required_argument, NULL, 't'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (option) {
		case 'k':
		case 'p':
			if (a->has_policy || !(option == 'k' ? take_key(a, optarg) : take_policy(a, optarg)))
				return false;
			a->has_policy = true;
			break;
		case 'c':
			if (a->d.n_earlier == EARLIER_MAX)
				return false;
			a->d.earlier[a->d.n_earlier++] = file_or_end(optarg);
			break;
		case 'a':
			if (!take_admins(a, optarg))
				return false;
			break;
		case 't':
			if (!take_threshold(a, optarg))
				return false;
			break;
		case 'h': (void)fputs(usage, stdout); exit(FITS);
		default: return false;
		}
	}
	if (!a->has_policy)
		(void)fprintf(stderr,
			"chitra-verify: say whom you believe: --key or --policy; chitra-verify --help says how\n");
	return a->has_policy;
}

static void say_evidence(const struct verdict *v)
{
	const struct stated_out *s = &v->stated;

	if (!s->published) {
		(void)printf(
			"evidence    %zu bank days with settled payouts, compared with the statements' sums; the statements' own lines "
			"and %" PRId64 " lines of cash lists are not published: not compared\n",
			v->paid_days, v->cash);
		return;
	}
	(void)printf("evidence    %zu statements and %zu cash lists, %" PRId64
		     " lines: each is booked once, by what it says, and nothing else is booked\n",
		s->statements, s->lists, s->lines);
	if (s->fetched_again > 0)
		(void)printf(
			"note        %zu statements were fetched again after a restore: that their lines are those of the first pages "
			"was not checked\n",
			s->fetched_again);
}

static void say_payouts(const struct verdict *v)
{
	const struct released *r = &v->released;

	say_evidence(v);
	if (!r->published) {
		(void)printf(
			"approvals   no manifests published: who approved which payout was not checked\n");
		return;
	}
	(void)printf(
		"approvals   %zu of %zu released batches have their lines, and the signatures of two officers over them; "
		"%zu ended payouts looked up in them\n",
		r->good, r->batches, r->payouts);
	if (r->claims.judged)
		(void)printf("claims      %zu, each owed once; %" PRId64
			     " VND of them payable, in flight or unclaimed, as the accounts say\n",
			r->claims.claims, r->claims.open);
	else
		(void)printf(
			"claims      not judged: what dispatches sent, or a manifest, is not there whole\n");
	(void)printf(
		"admins      %zu of the %zu keys %s must have certified an officer; %zu revocations were heeded; areas of mandates are "
		"not published: not checked\n",
		v->admins.least, v->admins.n, v->admins.given ? "that you gave" : "of the first leaf",
		r->revocations);
}

static void say(const struct asked *a, const struct verdict *v)
{
	(void)printf("log         %s\n", v->origin);
	(void)printf("leaves      %" PRIu64 " of %" PRIu64 ", hashed and read again\n", v->leaves,
		v->checkpoint.size);
	(void)printf("postings    %" PRId64 " in %zu accounts, computed again\n", v->postings, v->accounts);
	(void)printf("statements  %zu, compared with the books\n", v->statements);
	(void)printf("periods     %zu closed, with what they carry over, computed again\n", v->periods);
	say_payouts(v);
	(void)printf("rows        %s\n",
		v->rows ? "of the database, compared with the leaves" : "none published: not compared");
	(void)printf("witnesses   %s\n", a->policy.n == a->policy.n_logs ? "none asked for"
					 : v->witnessed                  ? "enough have signed"
									 : "too few have signed");
	(void)printf("earlier     %zu of %zu checkpoints that you hold are continued\n", v->n_earlier,
		a->d.n_earlier);
	if (a->policy.quorum < 0 && v->n_earlier == 0)
		(void)printf(
			"note        you hold no earlier checkpoint and ask for no witness: that the whole history was written "
			"anew cannot be excluded\n");
}

static int say_result(const struct findings *f)
{
	if (f->n == 0)
		(void)printf("result      everything fits\n");
	else if (f->first_leaf == NO_LEAF)
		(void)printf("result      %" PRIu64 " findings\n", f->n);
	else
		(void)printf("result      %" PRIu64 " findings; the first leaf that does not fit is %" PRId64
			     "\n",
			f->n, f->first_leaf);
	return f->n == 0 ? FITS : FOUND;
}

/* Who keeps something back is not told to fit. */
static int say_whole(const struct findings *f, const struct verdict *v)
{
	const struct {
		bool asked;
		const char *what;
	} parts[] = {{v->released.published, "approvals"}, {v->stated.published, "statements' lines"},
		{v->released.claims.judged, "claims"}, {v->rows, "rows"}};
	const char *between = "result      what is published fits; not asked, since it is not there: ";
	bool whole = true;

	for (size_t i = 0; f->n == 0 && i < sizeof parts / sizeof *parts; i++) {
		if (parts[i].asked)
			continue;
		(void)printf("%s%s", between, parts[i].what);
		between = ", ";
		whole = false;
	}
	if (whole)
		return say_result(f);
	(void)putchar('\n');
	return FITS;
}

static int verify_directory(struct asked *a, const char *path)
{
	struct findings f = {.to = stdout, .first_leaf = NO_LEAF};
	struct verdict v;

	a->d.path = path;
	a->d.policy = &a->policy;
	directory_verify(&a->d, &f, &v);
	findings_end(&f);
	if (v.signed_by_log)
		say(a, &v);
	return say_whole(&f, &v);
}

static int verify_dossier(struct asked *a, const char *path)
{
	struct findings f = {.to = stdout, .first_leaf = NO_LEAF};
	struct held archive = file_take(path, TAR_MAX);

	if (archive.at == NULL) {
		(void)fprintf(stderr, "chitra-verify: cannot read %s: %s\n", path, strerror(errno));
		return NO_INPUT;
	}
	dossier_verify(&a->policy, &a->d.admins, held_text(&archive), &f, stdout);
	findings_end(&f);
	file_free(&archive);
	return say_result(&f);
}

static int verify_receipts(const struct policy *p, bool payments, char **paths, int n)
{
	int wrong = 0;

	for (int i = 0; i < n; i++)
		wrong += !receipt_verify(p, paths[i], payments, stdout);
	return wrong == 0 ? FITS : FOUND;
}

static int verify_export(const struct asked *a, const char *path, const char *dir)
{
	struct findings f = {.to = stdout, .first_leaf = NO_LEAF};
	struct export_asked e = {&a->policy, path, dir, a->d.n_earlier, a->d.earlier};

	exported_verify(&e, &f);
	findings_end(&f);
	if (f.n == 0)
		(void)printf("result      everything fits\n");
	else
		(void)printf("result      %" PRIu64 " findings\n", f.n);
	return f.n == 0 ? FITS : FOUND;
}

int main(int argc, char **argv)
{
	struct asked a = {.d = {.admins = {.least = 2}}};

	if (sodium_init() < 0)
		return NO_INPUT;
	if (!take_options(&a, argc, argv))
		return USAGE;
	if (argc - optind >= 2 && strcmp(argv[optind], "receipt") == 0)
		return verify_receipts(&a.policy, true, argv + optind + 1, argc - optind - 1);
	if (argc - optind >= 2 && strcmp(argv[optind], "proof") == 0)
		return verify_receipts(&a.policy, false, argv + optind + 1, argc - optind - 1);
	if (argc - optind == 2 && strcmp(argv[optind], "bundle") == 0)
		return verify_dossier(&a, argv[optind + 1]);
	if ((argc - optind == 2 || argc - optind == 3) && strcmp(argv[optind], "export") == 0)
		return verify_export(&a, argv[optind + 1], argv[optind + 2]);
	if (argc - optind != 1) {
		(void)fputs(usage, stderr);
		return USAGE;
	}
	return verify_directory(&a, argv[optind]);
}
