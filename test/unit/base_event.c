/**
 * @file base_event.c  Listeners hear every event, in order, on the publisher's thread
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "event.h"

static char heard[256];
static pthread_t heard_on;
static char heard_names[2][4] = {"1:", "2:"};

static void listen_h(const struct event *event, void *arg)
{
	strcat(heard, arg);
	strcat(heard, event->name);
	strcat(heard, event->data);
	heard_on = pthread_self();
}

static int setup(void **state)
{
	event_forget_all();
	heard[0] = '\0';
	return 0;
}

static void nobody_listens(void **state)
{
	event_publish(&(struct event){.name = "a", .data = "{}"});
	assert_string_equal(heard, "");
}

static void all_hear_in_order(void **state)
{
	event_listen(listen_h, "1:");
	event_listen(listen_h, " 2:");
	event_publish(&(struct event){.tenant = 3, .name = "call.started", .data = "{}"});
	assert_string_equal(heard, "1:call.started{} 2:call.started{}");
	event_publish(&(struct event){.name = "x", .data = "[]"});
	assert_string_equal(heard, "1:call.started{} 2:call.started{}1:x[] 2:x[]");
}

static void keep_h(const struct event *event, void *arg)
{
	*(struct event *)arg = *event;
}

static void all_fields_arrive(void **state)
{
	struct event got = {0};

	event_listen(keep_h, &got);
	event_publish(&(struct event){
		.tenant = 7, .extension = "1001", .name = "presence", .data = "{\"a\":1}"});
	assert_int_equal(got.tenant, 7);
	assert_string_equal(got.extension, "1001");
	assert_string_equal(got.name, "presence");
	assert_string_equal(got.data, "{\"a\":1}");
}

static void forgotten_hear_nothing(void **state)
{
	event_listen(listen_h, "1:");
	event_forget_all();
	event_publish(&(struct event){.name = "x", .data = "{}"});
	assert_string_equal(heard, "");
}

static void one_is_forgotten(void **state)
{
	event_listen(listen_h, "1:");
	event_listen(listen_h, "2:");
	event_listen(listen_h, "3:");
	event_forget(listen_h, heard); /* was never there */
	event_publish(&(struct event){.name = "x", .data = "{}"});
	assert_string_equal(heard, "1:x{}2:x{}3:x{}");
	heard[0] = '\0';
	event_forget_all();
	event_listen(listen_h, heard_names[0]);
	event_listen(listen_h, heard_names[1]);
	event_forget(listen_h, heard_names[0]);
	event_publish(&(struct event){.name = "x", .data = "{}"});
	assert_string_equal(heard, "2:x{}");
}

static void *publisher(void *arg)
{
	event_publish(arg);
	return NULL;
}

static void called_on_the_publishers_thread(void **state)
{
	struct event event = {.name = "x", .data = "{}"};
	pthread_t t;

	event_listen(listen_h, "");
	assert_int_equal(pthread_create(&t, NULL, publisher, &event), 0);
	pthread_join(t, NULL);
	assert_true(pthread_equal(heard_on, t));
}

static void too_many_listeners_cannot_be(void **state)
{
	int status = 0;
	pid_t pid;

	for (int i = 0; i < 8; i++)
		event_listen(listen_h, "x");
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		signal(SIGABRT, SIG_DFL);
		close(STDERR_FILENO);
		event_listen(listen_h, "y");
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

#define test(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(nobody_listens),
		test(all_hear_in_order),
		test(all_fields_arrive),
		test(forgotten_hear_nothing),
		test(one_is_forgotten),
		test(called_on_the_publishers_thread),
		test(too_many_listeners_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
