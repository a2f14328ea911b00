/**
 * @file sandbox.c  What a worker may still do once it talks to the network
 */
#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <seccomp.h>
#include "sandbox.h"

enum { MIB = 1 << 20, CPU_SECONDS = 900, FILE_MIB = 200, MEMORY_MIB = 512 };

#if defined(__SANITIZE_ADDRESS__)
enum { WATCHED = 1 };

/* LeakSanitizer stops and reads its own process at the end, which the sandbox forbids. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
#else
enum { WATCHED = 0 };
#endif

static const int allowed[] = {
	SCMP_SYS(read),
	SCMP_SYS(write),
	SCMP_SYS(readv),
	SCMP_SYS(writev),
	SCMP_SYS(pread64),
	SCMP_SYS(pwrite64),
	SCMP_SYS(lseek),
	SCMP_SYS(close),
	SCMP_SYS(dup),
	SCMP_SYS(fstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(ftruncate),
	SCMP_SYS(fsync),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(recvfrom),
	SCMP_SYS(sendto),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(brk),
	SCMP_SYS(futex),
	SCMP_SYS(getrandom),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(sched_yield),
	SCMP_SYS(tgkill),
};

static int limit(int what, rlim_t most)
{
	const struct rlimit l = {most, most};

	return setrlimit((__rlimit_resource_t)what, &l) ? errno : 0;
}

static int limits(void)
{
	int err = limit(RLIMIT_CORE, 0) | limit(RLIMIT_CPU, CPU_SECONDS) |
		  limit(RLIMIT_FSIZE, (rlim_t)FILE_MIB * MIB) | limit(RLIMIT_NOFILE, 64);

	/* AddressSanitizer reserves terabytes of addresses. */
	return WATCHED ? err : err | limit(RLIMIT_AS, (rlim_t)MEMORY_MIB * MIB);
}

/* Memory that is written is never executed */
static int memory(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp no_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);

	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_exec) |
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_exec);
}

/**
 * Closes the sandbox, for good
 *
 * @return 0, or errno: then the worker must not go on
 */
int sandbox_close(void)
{
	scmp_filter_ctx filter;
	int err = limits();

	if (err || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return err ? err : errno;
	filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!filter)
		return ENOMEM;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
		err |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	err |= memory(filter);
	err = err ? EINVAL : -seccomp_load(filter);
	seccomp_release(filter);
	return err;
}
