/**
 * @file faxworker_machine.c  Tests fax machines among themselves, over networks that lose packets
 */
#include <stdarg.h>
#include <stdbool.h>
#include <setjmp.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/stat.h>
#include <cmocka.h>
#include "fax_pages.h"
#include "machine.h"
#include "guard.h"
#include "udptl.h"

enum { FLIGHT = 256, DELAY_TICKS = 2, CALL_TICKS = 50 * 3600 };

struct packet {
	bool full;
	unsigned due;
	size_t size;
	uint8_t p[UDPTL_DATAGRAM];
};

struct end {
	struct machine *m;
	struct end *far;
	int negotiated, pages;
	struct machine_facts last;
	bool ended;
};

static struct net {
	struct packet to[2][FLIGHT];
	unsigned tick, seed, loss_permille, jitter_ticks;
	FILE *pcap;
	uint16_t captured[2]; /* number after the last one captured                       */
} net;

static struct end ends[2];
static char dir[64], sent[96], got[96];
static int most; /* pages that are received */

static int open_folder(void **state)
{
	snprintf(dir, sizeof(dir), "/tmp/fax_machine.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(sent, sizeof(sent), "%s/sent.tif", dir);
	snprintf(got, sizeof(got), "%s/got.tif", dir);
	return 0;
}

static int close_folder(void **state)
{
	most = 0;
	unlink(sent);
	unlink(got);
	return rmdir(dir);
}

static void news_h(enum machine_news news, const struct machine_facts *f, void *arg)
{
	struct end *e = arg;

	e->last = *f;
	e->negotiated += news == NEWS_NEGOTIATED;
	if (news == NEWS_PAGE)
		assert_int_equal(f->pages, ++e->pages);
	e->ended |= news == NEWS_END;
}

static bool lost(void)
{
	return (unsigned)rand_r(&net.seed) % 1000 < net.loss_permille;
}

/* Ethernet, IP and UDP round a datagram, for a capture file that tshark reads */
static void capture(const uint8_t *p, size_t n, unsigned from)
{
	uint32_t head[4] = {net.tick / 50, net.tick % 50 * 20000, (uint32_t)n + 42,
			    (uint32_t)n + 42};
	uint8_t frame[42] = {[12] = 8, [14] = 0x45, [22] = 64, [23] = 17};

	/* tshark takes the repeats of an end for ends without a beginning */
	if (!net.pcap || (uint16_t)(p[0] << 8 | p[1]) < net.captured[from])
		return;
	net.captured[from] = (uint16_t)((p[0] << 8 | p[1]) + 1);
	frame[16] = (uint8_t)((n + 28) >> 8);
	frame[17] = (uint8_t)(n + 28);
	memcpy(frame + 26, (uint8_t[]){127, 0, 0, (uint8_t)(from + 1)}, 4);
	memcpy(frame + 30, (uint8_t[]){127, 0, 0, (uint8_t)(2 - from)}, 4);
	memcpy(frame + 34, (uint8_t[]){15, 160, 15, 160, (uint8_t)((n + 8) >> 8), (uint8_t)(n + 8)},
	       6);
	fwrite(head, sizeof(head), 1, net.pcap);
	fwrite(frame, sizeof(frame), 1, net.pcap);
	fwrite(p, n, 1, net.pcap);
}

static void send_h(const uint8_t *p, size_t n, void *arg)
{
	struct end *e = arg;
	unsigned to = (unsigned)(e->far - ends);

	capture(p, n, 1 - to);
	if (lost())
		return;
	for (unsigned i = 0; i < FLIGHT; i++) {
		struct packet *k = &net.to[to][i];

		if (k->full)
			continue;
		k->full = true;
		k->due = net.tick + DELAY_TICKS;
		if (net.jitter_ticks)
			k->due += (unsigned)rand_r(&net.seed) % net.jitter_ticks;
		k->size = n;
		memcpy(k->p, p, n);
		return;
	}
	fail_msg("more packets in flight than there is room for");
}

static const struct machine_handlers handlers = {.news_h = news_h, .send_h = send_h};

static void ends_open(bool ecm, int rate, int sheets)
{
	memset(&net, 0, sizeof(net));
	memset(ends, 0, sizeof(ends));
	net.seed = 3;
	for (unsigned i = 0; i < 2; i++) {
		struct machine_conf c = {.sends = !i,
					 .file = i ? got : sent,
					 .sheets = i ? 0 : sheets,
					 .ident = i ? "+16285550199" : "+14155550111",
					 .ecm = ecm,
					 .rate = rate,
					 .max_pages = most};

		ends[i].far = &ends[1 - i];
		assert_int_equal(machine_alloc(&ends[i].m, &c, &handlers, &ends[i]), 0);
	}
}

static void ends_close(void)
{
	for (unsigned i = 0; i < 2; i++)
		ends[i].m = machine_free(ends[i].m);
}

static void to_t38(unsigned i, bool fec)
{
	struct machine_t38 t38 = {.max_datagram = 400, .rate = 14400, .fec = fec};

	assert_int_equal(machine_switch(ends[i].m, &t38), 0);
}

static void deliver(unsigned to)
{
	for (unsigned i = 0; i < FLIGHT; i++) {
		struct packet *k = &net.to[to][i];

		if (!k->full || k->due > net.tick)
			continue;
		k->full = false;
		machine_datagram(ends[to].m, k->p, k->size);
	}
}

static void run_t38(unsigned ticks)
{
	for (unsigned i = 0; i < ticks && !(ends[0].ended && ends[1].ended); i++) {
		net.tick++;
		for (unsigned k = 0; k < 2; k++) {
			machine_tick(ends[k].m);
			deliver(k);
		}
	}
}

static void run_audio(unsigned ticks)
{
	static int16_t said[2][FRAME], heard[2][FRAME];

	memset(heard, 0, sizeof(heard));
	for (unsigned i = 0; i < ticks && !(ends[0].ended && ends[1].ended); i++) {
		for (unsigned k = 0; k < 2; k++)
			machine_audio(ends[k].m, lost() ? NULL : heard[k], said[k]);
		memcpy(heard[0], said[1], sizeof(heard[0]));
		memcpy(heard[1], said[0], sizeof(heard[1]));
	}
}

static void assert_sent(unsigned pages, unsigned first, bool fine)
{
	for (unsigned i = 0; i < 2; i++) {
		assert_true(ends[i].ended);
		assert_int_equal(ends[i].last.code, 0);
		assert_int_equal(ends[i].pages, pages);
	}
	assert_string_equal(ends[0].last.ident, "+16285550199");
	assert_string_equal(ends[1].last.ident, "+14155550111");
	ends_close();
	assert_int_equal(pages_same(got, first, fine), pages);
}

static void fax_t38(unsigned pages, bool fine, bool ecm, unsigned permille, unsigned jitter,
		    bool fec)
{
	pages_write(sent, pages, fine);
	ends_open(ecm, 14400, 0);
	net.loss_permille = permille;
	net.jitter_ticks = jitter;
	to_t38(0, fec);
	to_t38(1, fec);
	run_t38(CALL_TICKS);
	assert_int_equal(ends[0].last.ecm, ecm);
	assert_true(ends[0].last.t38);
	assert_sent(pages, 0, fine);
}

static void fax_audio(unsigned pages, bool fine, bool ecm, int rate)
{
	pages_write(sent, pages, fine);
	ends_open(ecm, rate, 0);
	run_audio(CALL_TICKS);
	assert_int_equal(ends[0].last.ecm, ecm);
	assert_int_equal(ends[0].last.rate, rate);
	assert_false(ends[0].last.t38);
	assert_sent(pages, 0, fine);
}

static void t38_pages_arrive_as_they_were(void **state)
{
	fax_t38(1, true, true, 0, 0, false);
	fax_t38(3, false, true, 0, 0, false);
	fax_t38(2, true, false, 0, 0, false);
	fax_t38(1, false, false, 0, 0, false);
}

static void t38_thirty_pages(void **state)
{
	fax_t38(30, false, true, 0, 0, false);
}

static void audio_pages_arrive_as_they_were(void **state)
{
	fax_audio(1, true, true, 14400);
	fax_audio(3, false, true, 14400);
	fax_audio(2, false, false, 14400);
	fax_audio(1, false, true, 9600);
	fax_audio(1, false, true, 4800);
}

static void audio_thirty_pages(void **state)
{
	fax_audio(30, false, true, 14400);
}

static void t38_survives_loss(void **state)
{
	static const unsigned permille[] = {10, 30, 50};

	for (unsigned i = 0; i < 3; i++) {
		fax_t38(2, false, true, permille[i], 0, false);
		fax_t38(2, false, false, permille[i], 0, false);
		fax_t38(1, true, true, permille[i], 0, true);
	}
}

static void t38_survives_reordering(void **state)
{
	fax_t38(2, false, true, 0, 3, false);
	fax_t38(2, false, true, 30, 3, false);
}

static void audio_moves_to_t38(void **state)
{
	pages_write(sent, 1, false);
	ends_open(true, 14400, 0);
	run_audio(50 * 3);
	to_t38(1, false);
	run_t38(10);
	to_t38(0, false);
	run_t38(CALL_TICKS);
	assert_true(ends[0].last.t38);
	assert_sent(1, 0, false);
}

static void what_was_confirmed_is_told(void **state)
{
	pages_write(sent, 4, false);
	ends_open(true, 14400, 0);
	to_t38(0, false);
	to_t38(1, false);
	while (ends[0].pages < 2)
		run_t38(1);
	machine_hangup(ends[0].m);
	machine_hangup(ends[1].m);
	assert_true(ends[0].ended && ends[1].ended);
	assert_int_not_equal(ends[0].last.code, 0);
	assert_false(ends[0].last.permanent);
	assert_int_equal(ends[0].last.pages, 2);
	ends_close();
	assert_int_equal(pages_same(got, 0, false), 2);
}

static void a_sheet_before_the_pages_counts_as_none(void **state)
{
	pages_write(sent, 3, false);
	ends_open(true, 14400, 1);
	to_t38(0, false);
	to_t38(1, false);
	while (!ends[1].pages)
		run_t38(1);
	assert_int_equal(ends[0].last.pages, 0);
	run_t38(CALL_TICKS);
	assert_int_equal(ends[0].last.code, 0);
	assert_int_equal(ends[0].last.pages, 2);
	assert_int_equal(ends[1].last.pages, 3);
	ends_close();
	assert_int_equal(pages_same(got, 0, false), 3);
}

static void too_many_pages_end_the_call_and_are_told(void **state)
{
	most = 2;
	pages_write(sent, 5, false);
	ends_open(true, 14400, 0);
	to_t38(0, false);
	to_t38(1, false);
	run_t38(CALL_TICKS);
	assert_true(ends[1].ended);
	assert_int_not_equal(ends[1].last.code, 0);
	assert_non_null(strstr(ends[1].last.reason, "More pages"));
	assert_int_equal(ends[1].last.pages, 3);
	machine_hangup(ends[0].m);
	assert_int_not_equal(ends[0].last.code, 0);
	assert_in_range(ends[0].last.pages, 2, 3);
	ends_close();
	assert_int_equal(pages_same(got, 0, false), 3);
}

static void nobody_there_ends_by_itself(void **state)
{
	int16_t silence[FRAME] = {0}, said[FRAME];

	pages_write(sent, 1, false);
	ends_open(true, 14400, 0);
	for (unsigned i = 0; i < 50 * 90 && !ends[0].ended; i++)
		machine_audio(ends[0].m, silence, said);
	assert_true(ends[0].ended);
	assert_int_not_equal(ends[0].last.code, 0);
	assert_int_equal(ends[0].pages, 0);
	ends_close();
}

static void a_peer_that_vanishes_in_a_page_ends_by_itself(void **state)
{
	pages_write(sent, 2, true);
	ends_open(true, 14400, 0);
	to_t38(0, false);
	to_t38(1, false);
	while (ends[0].pages < 1)
		run_t38(1);
	run_t38(200);
	net.loss_permille = 1000;
	run_t38(50 * 60 * 20);
	for (unsigned i = 0; i < 2; i++) {
		assert_true(ends[i].ended);
		assert_int_not_equal(ends[i].last.code, 0);
	}
	assert_int_equal(ends[0].last.pages, 1);
	ends_close();
}

/* A piece of a page without its number: spandsp would copy 4 GB (ff 03 06 with a good check sum) */
static void short_frames_do_not_reach_spandsp(void **state)
{
	static const struct {
		uint8_t p[8];
		size_t n;
	} sent_ifps[] = {
		{{0x06}, 1}, /* indicator: V.21 preamble */
		{{0xc0, 0x01, 0x80, 0x00, 0x02, 0xff, 0xc0, 0x60}, 8}, /* V.21, HDLC data      */
		{{0xc0, 0x01, 0x20}, 3}, /* check sum good           */
	};
	struct udptl u;
	unsigned before = guard_dropped();

	ends_open(true, 14400, 0);
	to_t38(1, false);
	udptl_init(&u, 400, false);
	for (unsigned i = 0; i < 3; i++) {
		uint8_t datagram[UDPTL_DATAGRAM];
		int n = udptl_encode(&u, datagram, sizeof(datagram), sent_ifps[i].p,
				     sent_ifps[i].n);

		assert_true(n > 0);
		machine_datagram(ends[1].m, datagram, (size_t)n);
		machine_tick(ends[1].m);
	}
	assert_int_equal(guard_dropped(), before + 1);
	ends_close();
}

static void tshark_understands_every_datagram(void **state)
{
	static const uint32_t head[6] = {0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1};
	char file[96], command[400], line[80] = "";
	FILE *out;

	if (access("/usr/bin/tshark", X_OK))
		skip();
	snprintf(file, sizeof(file), "%s/fax.pcap", dir);
	pages_write(sent, 1, false);
	ends_open(true, 14400, 0);
	net.pcap = fopen(file, "wb");
	assert_non_null(net.pcap);
	fwrite(head, sizeof(head), 1, net.pcap);
	to_t38(0, false);
	to_t38(1, false);
	run_t38(CALL_TICKS);
	fclose(net.pcap);
	net.pcap = NULL;
	assert_sent(1, 0, false);
	snprintf(
		command, sizeof(command),
		"/usr/bin/tshark -r %s -d udp.port==4000,t38 -Y '_ws.malformed || !t38' 2>/dev/null"
		" | wc -l; /usr/bin/tshark -r %s -d udp.port==4000,t38 -Y t30 2>/dev/null"
		" | wc -l",
		file, file);
	out = popen(command, "r");
	assert_non_null(out);
	assert_non_null(fgets(line, sizeof(line), out));
	assert_int_equal(atoi(line), 0);
	/* DIS, DCS, CFR, pages, EOP, MCF, DCN were put together from the pieces */
	assert_non_null(fgets(line, sizeof(line), out));
	assert_true(atoi(line) >= 6);
	pclose(out);
	unlink(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(t38_pages_arrive_as_they_were, open_folder,
						close_folder),
		cmocka_unit_test_setup_teardown(t38_thirty_pages, open_folder, close_folder),
		cmocka_unit_test_setup_teardown(audio_pages_arrive_as_they_were, open_folder,
						close_folder),
		cmocka_unit_test_setup_teardown(audio_thirty_pages, open_folder, close_folder),
		cmocka_unit_test_setup_teardown(t38_survives_loss, open_folder, close_folder),
		cmocka_unit_test_setup_teardown(t38_survives_reordering, open_folder, close_folder),
		cmocka_unit_test_setup_teardown(audio_moves_to_t38, open_folder, close_folder),
		cmocka_unit_test_setup_teardown(what_was_confirmed_is_told, open_folder,
						close_folder),
		cmocka_unit_test_setup_teardown(a_sheet_before_the_pages_counts_as_none,
						open_folder, close_folder),
		cmocka_unit_test_setup_teardown(too_many_pages_end_the_call_and_are_told,
						open_folder, close_folder),
		cmocka_unit_test_setup_teardown(nobody_there_ends_by_itself, open_folder,
						close_folder),
		cmocka_unit_test_setup_teardown(a_peer_that_vanishes_in_a_page_ends_by_itself,
						open_folder, close_folder),
		cmocka_unit_test_setup_teardown(short_frames_do_not_reach_spandsp, open_folder,
						close_folder),
		cmocka_unit_test_setup_teardown(tshark_understands_every_datagram, open_folder,
						close_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
