/**
 * @file dest_memory.c  Mailbox, queue and parking while memory fails: no crash, nothing is left
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "fake/fake.h"
#include "fake/gone.h"
#include "flow.h"
#include "memory.h"
#include "queue.h"

static struct queue queue;

static int queue_fn(struct db *db, void *obj)
{
	return queue_add(db, obj);
}

static int open_queue(void **state)
{
	int err = world_reset(state);

	queue = (struct queue){.tenant = world.northwind->id};
	queue_defaults(&queue);
	queue.strategy = QUEUE_all;
	queue.ring_ms = 5000;
	strcpy(queue.number, "7701");
	strcpy(queue.name, "Desk");
	strcpy(queue.agents[queue.agent_count].number, "1002");
	queue.agents[queue.agent_count++].level = 1;
	err = err ? err : store_write_wait(world.store, queue_fn, &queue);
	world_reload();
	return err;
}

/* NULL where the call was refused */
static struct fake *sent(enum dest_kind kind, const char *target)
{
	struct fake *f = fake_invite("1001", "*9664");
	struct le *le = exchange_calls(world.x)->tail;
	struct dest dest = {.kind = kind};

	if (!le || !f->d)
		return NULL;
	strcpy(dest.target, target);
	flow_goto(le->data, &dest);
	return f;
}

static void a_message(void)
{
	struct fake *maya = sent(DEST_voicemail, "1002");

	if (maya && fake_stream_of(maya))
		fake_played(maya);
	fake_run(3000);
	if (maya && fake_stream_of(maya))
		fake_press(maya, "#");
	fake_run(3000);
}

static void a_queue(void)
{
	struct fake *tom;

	fake_register(world.northwind->id, "1002", "Yealink", false);
	(void)fake_invite("1003", queue.number);
	fake_run(1000);
	tom = fake_out_count() ? fake_out(0) : NULL;
	if (tom && tom->d)
		fake_ring(tom);
	fake_run(6000);
	if (fake_out_count() > 1 && fake_out(1)->d)
		fake_answer(fake_out(1));
	fake_run(1000);
}

static void test_a_message(void **state)
{
	memory_sweep(a_message, everybody_is_gone, 10);
}

static void test_a_queue(void **state)
{
	memory_sweep(a_queue, everybody_is_gone, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_message, world_reset),
		cmocka_unit_test_setup(test_a_queue, open_queue),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
