#include "daemon/parse/sandbox.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <seccomp.h>

#include "ledger/base/result.h"
#include "ledger/base/sanitizer.h"

#define CPU_SECONDS  120
#define MEMORY_BYTES ((rlim_t)256 << 20) /* address space; libraries take most of it */
#define DATA_BYTES \
	((rlim_t)52 << 20) /* what can be written to: with the libraries' pages it stays below 64 MB */

/* A tighter limit that was given to us stays. */
static void limit(__rlimit_resource_t what, rlim_t most)
{
	struct rlimit r;
	if (getrlimit(what, &r) != 0)
		bug("could not read the limit of resource %d", (int)what);
	if (r.rlim_max > most)
		r.rlim_max = most;
	r.rlim_cur = r.rlim_max;
	if (setrlimit(what, &r) != 0)
		bug("could not limit resource %d", (int)what);
}

#if !UNDER_ASAN && !UNDER_TSAN
static void filter(void)
{
	static const int allowed[] = {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(brk), SCMP_SYS(munmap),
		SCMP_SYS(mremap), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn),
		SCMP_SYS(restart_syscall)};
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int failed = c == NULL;
	for (size_t i = 0; i < COUNT_OF(allowed) && !failed; i++)
		failed = seccomp_rule_add(c, SCMP_ACT_ALLOW, allowed[i], 0);
	/* Only the file itself can be sought in. */
	const struct scmp_arg_cmp the_file = {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = STDIN_FILENO};
	if (!failed)
		failed = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(lseek), 1, the_file) ||
			 seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(pread64), 1, the_file);
	/* Memory that is nobody's file and can never be executed. */
	if (!failed)
		failed = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
			SCMP_A2(SCMP_CMP_MASKED_EQ, ~(scmp_datum_t)3, 0),
			SCMP_A4(SCMP_CMP_MASKED_EQ, 0xffffffff, 0xffffffff));
	if (failed || seccomp_load(c) != 0)
		bug("could not load the system call filter");
	seccomp_release(c);
}
#endif

void sandbox_enter(void)
{
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NPROC, 0);
	limit(RLIMIT_CPU, CPU_SECONDS);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		bug("could not give up privileges");
#if !UNDER_ASAN && !UNDER_TSAN
	limit(RLIMIT_NOFILE, 3);
	limit(RLIMIT_AS, MEMORY_BYTES);
	limit(RLIMIT_DATA, DATA_BYTES);
	filter();
#endif
}
