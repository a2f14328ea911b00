/**
 * @file main.c  carillon serve|demo|migrate|backup|export|mail-in|user|tenant|check|version
 */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "clock.h"
#include "demo.h"
#include "house.h"
#include "log.h"
#include "text.h"
#include "timer.h"

static int usage(FILE *f)
{
	fputs("carillon [--config FILE] COMMAND\n"
	      "  serve              runs the telephone system\n"
	      "  demo               the same with two demo tenants, on loopback only\n"
	      "  migrate            brings the database to this version\n"
	      "  backup FILE        copies the database, also while the system runs\n"
	      "  export DOMAIN      prints a tenant's data as JSON, an object a line\n"
	      "  mail-in FROM TO    takes an e-mail to be faxed on the standard input\n"
	      "  user, tenant       administration; without more words they explain themselves\n"
	      "  check              reads the configuration and says whether it is right\n"
	      "  check --reference  prints every key of the configuration\n"
	      "  version            prints the version\n",
	      f);
	return f == stdout ? 0 : 2;
}

static int stop(const char *error)
{
	fprintf(stderr, "carillon: %s\n", error);
	return 1;
}

/* A shell lets a program have 1,024 files, and more if it asks: each connection is one. */
static void descriptors_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= STACK_FDS)
		return;
	limit.rlim_cur = limit.rlim_max < STACK_FDS ? limit.rlim_max : STACK_FDS;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static int libre_start(void)
{
	int err = libre_init();

	if (!err)
		err = fd_setsize(STACK_FDS);
	if (!err)
		err = poll_method_set(METHOD_EPOLL);
	return err ? err : timer_self_test();
}

static void ready_print(const struct house *h)
{
	const struct conf *c = &h->conf;

	log_info("carillon.ready", "version=%s bind=%s http=%u https=%u sip=%d", CARILLON_VERSION,
		 c->bind, web_port(h->web, false), web_port(h->web, true), (int)c->sip_port);
	printf("Portal: %s\n", h->portal_url);
	fflush(stdout);
}

static int demo_write(struct db *db, void *obj)
{
	return demo_fill(db, obj);
}

static int tenant_seen(const struct tenant_row *t, void *arg)
{
	*(bool *)arg = true;
	return DB_STOP;
}

static int tenants_look(struct db *db, void *obj)
{
	return tenant_list(db, "", "", 1, tenant_seen, obj);
}

static int demo_prepare(struct house *h, char *error, size_t size)
{
	struct demo_conf d = {.secret = h->secret,
			      .sip_port = (uint16_t)h->conf.sip_port,
			      .now = clock_wall_ms(),
			      .blobs = h->blobs,
			      .sounds = h->conf.sounds};
	bool exist = false;
	int err = store_read(h->store, tenants_look, &exist);

	if (err || exist)
		return err;
	err = store_write_wait(h->store, demo_write, &d);
	if (err)
		text_printf(error, size, "the demo could not be written: %s", strerror(err));
	return err;
}

static int demo_look(struct db *db, void *obj)
{
	struct tenant_row t;

	return tenant_by_domain(&t, db, DEMO_DOMAIN);
}

/* Not over a database that holds other tenants */
static void demo_print(const struct house *h)
{
	if (store_read(h->store, demo_look, NULL))
		return;
	printf("Sign in as maya@" DEMO_DOMAIN ", password carillon-demo\n"
	       "Desk phone: user 1002, password demo-1002, domain " DEMO_DOMAIN
	       ", server %s:%u by UDP or TCP\n",
	       h->conf.bind, stack_port(exchange_stack(h->exchange)));
	fflush(stdout);
}

static int serve(struct house *h, bool demo)
{
	char error[CONF_ERROR] = "";
	int err = house_open_store(h, true, error, sizeof(error));

	if (!err && demo)
		err = demo_prepare(h, error, sizeof(error));
	if (!err)
		err = house_open(h, error, sizeof(error));
	if (!err) {
		ready_print(h);
		if (demo)
			demo_print(h);
		house_run(h);
		log_info("carillon.stopped", "%s", "");
	}
	house_close(h);
	return err ? stop(error) : 0;
}

static int with_store(struct house *h, int argc, char **argv)
{
	char error[CONF_ERROR] = "";
	int code;

	if (house_open_store(h, !strcmp(argv[0], "migrate"), error, sizeof(error)))
		return stop(error);
	code = !strcmp(argv[0], "migrate")  ? 0
	       : !strcmp(argv[0], "export") ? export_run(h, argv[1])
					    : cli_run(h, argc, argv);
	if (!strcmp(argv[0], "migrate"))
		puts("The database is at this version.");
	house_close(h);
	return code;
}

/* Without opening the store, which would bring the database to this version first */
static int backup(const struct house *h, int argc, char **argv)
{
	char file[CONF_TEXT + 32], line[2 * CONF_TEXT];
	int err;

	if (argc != 2)
		return usage(stderr);
	text_printf(file, sizeof(file), "%s/carillon.db", h->conf.data);
	err = store_copy(&db_sqlite, file, argv[1]);
	if (!err) {
		printf("The database was copied to %s.\n", argv[1]);
		return 0;
	}
	text_printf(line, sizeof(line), "%s could not be copied to %s: %s", file, argv[1],
		    strerror(err));
	return stop(line);
}

static bool loopback_only(const struct conf *c)
{
	struct sa bind;

	return !sa_set_str(&bind, c->bind, 0) && sa_is_loopback(&bind);
}

static int command(struct house *h, int argc, char **argv)
{
	bool demo = !strcmp(argv[0], "demo");

	if ((demo || h->conf.clock_file[0]) && !loopback_only(&h->conf))
		return stop(
			"demo and clock_file are refused unless everything listens on loopback: "
			"its passwords are known to everybody; set bind = 127.0.0.1");
	if (demo || !strcmp(argv[0], "serve"))
		return serve(h, demo);
	if (!strcmp(argv[0], "migrate") || !strcmp(argv[0], "user") || !strcmp(argv[0], "tenant"))
		return with_store(h, argc, argv);
	if (!strcmp(argv[0], "export"))
		return argc == 2 ? with_store(h, argc, argv) : usage(stderr);
	if (!strcmp(argv[0], "mail-in"))
		return mail_pipe_run(h, argc, argv);
	if (!strcmp(argv[0], "backup"))
		return backup(h, argc, argv);
	if (!strcmp(argv[0], "check")) {
		puts("The configuration is right.");
		return 0;
	}
	return usage(stderr);
}

int main(int argc, char **argv)
{
	static struct house house;
	char error[CONF_ERROR] = "";
	const char *file = getenv("CARILLON_CONFIG");
	enum log_level level = LOG_INFO;
	int err, first = 1;

	if (argc > 2 && !strcmp(argv[1], "--config")) {
		file = argv[2];
		first = 3;
	}
	if (first >= argc || !strcmp(argv[first], "help") || !strcmp(argv[first], "--help"))
		return usage(first >= argc ? stderr : stdout);
	if (!strcmp(argv[first], "version") || !strcmp(argv[first], "--version")) {
		puts("carillon " CARILLON_VERSION);
		return 0;
	}
	if (argc == first + 2 && !strcmp(argv[first + 1], "--reference")) {
		conf_print_reference();
		return 0;
	}
	if (conf_load(&house.conf, file, error, sizeof(error)))
		return strcmp(argv[first], "mail-in") ? stop(error) : mail_pipe_later(error);
	(void)log_level_parse(&level, house.conf.log);
	log_set_level(level);
	descriptors_raise();
	err = sodium_init() < 0 ? ENOSYS : clock_init(house.conf.clock_file);
	if (!err)
		err = libre_start();
	if (err)
		return stop(strerror(err));
	return command(&house, argc - first, &argv[first]);
}
