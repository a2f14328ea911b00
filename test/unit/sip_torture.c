/**
 * @file sip_torture.c  The messages of RFC 4475 and RFC 5118 by UDP and TCP
 *
 * After each of them an OPTIONS is answered, and what is answered is what the RFC allows.
 */
#include <dirent.h>
#include "sip_rig.h"

static const struct want {
	const char *name;
	unsigned code[3]; /* allowed; 0: no answer                               */
} wants[] = {
	/* well-formed (a top Via without branch is not): challenged, not ours, or answered */
	{"wsinv.dat", {481, 403, 401}},
	{"intmeth.dat", {405, 501, 0}},
	{"esc01.dat", {403, 401, 0}},
	{"escnull.dat", {403, 401, 0}},
	{"esc02.dat", {405, 501, 0}},
	{"lwsdisp.dat", {200, 200, 0}},
	{"longreq.dat", {400, 403, 401}},
	{"dblreq.dat", {403, 401, 0}},
	{"semiuri.dat", {200, 200, 0}},
	{"transports.dat", {200, 200, 0}},
	{"mpart01.dat", {405, 403, 401}},
	{"noreason.dat", {0, 0, 0}},
	{"unreason.dat", {0, 0, 0}},
	{"scalarlg.dat", {0, 0, 0}},
	{"badbranch.dat", {200, 400, 0}},
	{"regaut01.dat", {403, 401, 0}},
	{"regescrt.dat", {403, 401, 0}},
	{"sdp01.dat", {403, 401, 406}},
	{"invut.dat", {403, 401, 415}},
	{"unksm2.dat", {403, 401, 400}},
	{"inv2543.dat", {400, 403, 401}},
	{"cparam01.dat", {403, 401, 400}},
	{"cparam02.dat", {403, 401, 400}},
	/* faults */
	{"badinv01.dat", {400, 400, 0}},
	{"clerr.dat", {400, 400, 0}},
	{"ncl.dat", {400, 400, 0}},
	{"scalar02.dat", {400, 400, 0}},
	{"quotbal.dat", {400, 400, 0}},
	{"ltgtruri.dat", {400, 400, 0}},
	{"lwsruri.dat", {400, 400, 0}},
	{"lwsstart.dat", {400, 400, 0}},
	{"trws.dat", {400, 400, 0}},
	{"escruri.dat", {400, 400, 0}},
	{"baddate.dat", {400, 403, 401}},
	{"regbadct.dat", {400, 403, 401}},
	{"badaspec.dat", {200, 400, 0}},
	{"baddn.dat", {200, 400, 0}},
	{"badvers.dat", {505, 505, 0}},
	{"mismatch01.dat", {400, 400, 0}},
	{"mismatch02.dat", {400, 501, 405}},
	{"bigcode.dat", {0, 0, 0}},
	{"bcast.dat", {0, 0, 0}},
	{"insuf.dat", {400, 400, 0}},
	{"unkscm.dat", {416, 416, 0}},
	{"novelsc.dat", {416, 416, 0}},
	{"bext01.dat", {420, 420, 0}},
	{"mcl01.dat", {400, 400, 0}},
	{"multi01.dat", {400, 400, 0}},
	{"zeromf.dat", {483, 200, 0}},
};

static struct phone phone, probe;
static unsigned answered, files;

static size_t file_read(char *buf, size_t size, const char *dir, const char *name)
{
	char path[512];
	size_t n;
	FILE *f;

	(void)text_printf(path, sizeof(path), "%s/test/data/%s/%s", TEST_SOURCE_DIR, dir, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(buf, 1, size, f);
	fclose(f);
	assert_true(n > 0 && n < size);
	return n;
}

static bool allowed(const char *name, unsigned code)
{
	for (size_t i = 0; i < COUNT(wants); i++) {
		if (!strcmp(wants[i].name, name))
			return code == wants[i].code[0] || code == wants[i].code[1] ||
			       code == wants[i].code[2];
	}
	return code != 1; /* RFC 5118: any answer or none */
}

/*
 * The answer to a message goes where its Via says, which is not here: only with rport, or by TCP.
 * So by UDP the first Via gets one, unless the fault is in the Via.
 */
static size_t via_mend(char *buf, size_t n, size_t size)
{
	static const char rport[] = ";rport";
	char *via = memmem(buf, n, "SIP/2.0/UDP", 11), *end;

	if (!via || n + sizeof(rport) > size)
		return n;
	end = memchr(via, '\r', (size_t)(buf + n - via));
	if (!end || memchr(via, ',', (size_t)(end - via)) || end[2] == ' ')
		return n;
	memmove(end + 6, end, (size_t)(buf + n - end));
	memcpy(end, rport, 6);
	return n + 6;
}

static void send_one(bool stream, const char *dir, const char *name)
{
	static char buf[RIG_SIZE];
	size_t n = file_read(buf, sizeof(buf), dir, name);
	unsigned code;

	phone_open(&phone, stream, "127.0.0.1", stack_port(stack));
	if (!stream)
		n = via_mend(buf, n, sizeof(buf));
	phone_send_raw(&phone, buf, n);
	if (phone_options(&probe) != 200)
		fail_msg("%s: no answer to OPTIONS afterwards", name);
	code = phone_wait(&phone, 20);
	if (code && !allowed(name, code))
		fail_msg("%s by %s: %u\n%s", name, stream ? "TCP" : "UDP", code, phone.text);
	answered += code != 0;
	++files;
	phone_close(&phone);
}

static void send_all(bool stream, const char *dir)
{
	char path[512];
	struct dirent *e;
	DIR *d;

	(void)text_printf(path, sizeof(path), "%s/test/data/%s", TEST_SOURCE_DIR, dir);
	d = opendir(path);
	assert_non_null(d);
	while ((e = readdir(d))) {
		if (e->d_name[0] != '.')
			send_one(stream, dir, e->d_name);
	}
	closedir(d);
}

static void every_message_is_survived(bool stream)
{
	answered = files = 0;
	phone_open(&probe, false, "127.0.0.1", stack_port(stack));
	send_all(stream, "rfc4475");
	send_all(stream, "rfc5118");
	phone_close(&probe);
	assert_int_equal(files, 49 + 12);
	/* most are requests, and get their answer */
	print_message("%u of %u answered\n", answered, files);
	assert_true(answered >= 35);
	assert_int_equal(fake.invites, 0);
	assert_int_equal(registrar_count(stack), 0);
}

static void every_message_by_udp(void **state)
{
	every_message_is_survived(false);
}

static void every_message_by_tcp(void **state)
{
	every_message_is_survived(true);
}

#define T(f) cmocka_unit_test_setup_teardown(f, rig_open, rig_close)

int main(void)
{
	const struct CMUnitTest tests[] = {T(every_message_by_udp), T(every_message_by_tcp)};

	return cmocka_run_group_tests(tests, rig_init, rig_exit);
}
