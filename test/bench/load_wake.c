/**
 * @file load_wake.c  Processes that wake and do nothing: what the machine takes for that
 *
 * load_wake PROCESSES EACH_MS SECONDS, started by bench_whole_fax.py. Each waits in poll() for so
 * long, again and again. Prints the percent of a core that one takes, its start not counted.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 1000 };

static double used(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void child(int out, int each_ms, long wakes)
{
	struct pollfd never = {-1, POLLIN, 0};
	double before = used(), spent;

	for (long i = 0; i < wakes; i++)
		(void)poll(&never, 1, each_ms);
	spent = used() - before;
	_exit(write(out, &spent, sizeof(spent)) != sizeof(spent));
}

int main(int argc, char **argv)
{
	long count = argc == 4 ? strtol(argv[1], NULL, 10) : 0;
	long each_ms = argc == 4 ? strtol(argv[2], NULL, 10) : 0;
	long seconds = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
	double sum = 0, spent;
	int way[2];

	if (count < 1 || count > MOST || each_ms < 1 || seconds < 1 || pipe(way)) {
		fputs("load_wake PROCESSES EACH_MS SECONDS\n", stderr);
		return 2;
	}
	for (long i = 0; i < count; i++) {
		if (!fork())
			child(way[1], (int)each_ms, seconds * 1000 / each_ms);
		usleep((useconds_t)(each_ms * 1000 / count));
	}
	close(way[1]);
	while (read(way[0], &spent, sizeof(spent)) == sizeof(spent))
		sum += spent;
	while (wait(NULL) > 0)
		;
	printf("%.4f\n", 100 * sum / (double)(count * seconds));
	return 0;
}
