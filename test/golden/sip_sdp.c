/**
 * @file sip_sdp.c  Offers of real phones and browsers, and the answer each must get
 *
 * test/golden/sdp/NAME.offer has its answer in NAME.answer, byte for byte. A first line
 * `# prefer PCMU PCMA` in the offer gives the order of codecs. What cannot be answered has the one
 * word `refused` or `malformed` there. With CARILLON_GOLDEN_WRITE set the answers are written anew:
 * read the difference before you commit it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "own.h"
#include "sdp.h"

enum { FILE_SIZE = 16384, PREFER = 8, OFFERS_MIN = 20 };

static const char *const usual[] = {"opus", "G722", "PCMU", "PCMA", NULL};

static const char *path_of(const char *name, const char *ending)
{
	static char path[1024];

	assert_true(snprintf(path, sizeof(path), "%s/test/golden/sdp/%s%s", TEST_SOURCE_DIR, name,
			     ending) < (int)sizeof(path));
	return path;
}

static size_t file_read(char *text, const char *name, const char *ending)
{
	FILE *f = fopen(path_of(name, ending), "rb");
	size_t n;

	if (!f)
		fail_msg("%s%s cannot be read", name, ending);
	n = fread(text, 1, FILE_SIZE - 1, f);
	fclose(f);
	text[n] = '\0';
	return n;
}

static void file_write(const char *text, const char *name)
{
	FILE *f = fopen(path_of(name, ".answer"), "wb");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* What the media engine gives: port, ICE and keys */
static void ours_of(struct sdp_desc *ours, enum sdp_profile profile)
{
	memset(ours, 0, sizeof(*ours));
	ours->session = 1764000000000;
	ours->version = 2;
	strcpy(ours->addr, "198.51.100.7");
	ours->port = 20000;
	ours->rtcp_port = 20001;
	ours->profile = profile;
	ours->direction = SDP_SENDRECV;
	ours->ptime = 20;
	ours->ssrc = 305419896;
	strcpy(ours->cname, "carillon");
	if (profile == SDP_DTLS) {
		ours->avpf = ours->rtcp_mux = ours->ice = ours->ice_lite = ours->bundle = true;
		strcpy(ours->ufrag, "Wq3x");
		strcpy(ours->pwd, "p4ssw0rdp4ssw0rdp4ssw0");
		strcpy(ours->fingerprint,
		       "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:"
		       "99:AA:BB:CC:DD:EE:FF");
		strcpy(ours->setup, "actpass");
	} else if (profile == SDP_SAVP) {
		strcpy(ours->crypto_tag, "1");
		strcpy(ours->sdes_key, "YUJDZGVmZ2hpSktMbW5vUFFSc3R1dnd4WXowMTIz");
	} else if (profile == SDP_UDPTL) {
		ours->t38 = (struct sdp_t38){
			.version = 0, .max_datagram = 400, .max_bitrate = 14400, .fec = true};
	}
}

/* Takes the first line off if it says what to prefer */
static const char *prefer_of(const char **prefer, char *text)
{
	char *end = strpbrk(text, "\r\n"), *word;
	unsigned n = 0;

	if (strncmp(text, "# prefer ", 9) || !end)
		return text;
	*end = '\0';
	for (word = strtok(text + 9, " "); word && n < PREFER; word = strtok(NULL, " "))
		prefer[n++] = word;
	prefer[n] = NULL;
	return end + 1 + strspn(end + 1, "\r\n");
}

static void answer_of(char *text, size_t size, char *offer_text)
{
	const char *wish[PREFER + 1] = {NULL};
	const char *body = prefer_of(wish, offer_text);
	struct sdp_desc offer, ours, answer;
	int n;

	if (sdp_parse(&offer, body, strlen(body))) {
		(void)snprintf(text, size, "malformed\n");
		return;
	}
	ours_of(&ours, offer.profile);
	if (sdp_answer(&answer, &offer, &ours, wish[0] ? wish : usual)) {
		(void)snprintf(text, size, "refused\n");
		return;
	}
	n = sdp_print(text, size, &answer);
	assert_true(n > 0 && strlen(text) == (size_t)n);
}

/* Each answer must be readable and say the same when it is printed again */
static void answer_stable(const char *text)
{
	char again[SDP_SIZE];
	struct sdp_desc sdp;

	if (strncmp(text, "v=0", 3))
		return;
	assert_int_equal(sdp_parse(&sdp, text, strlen(text)), 0);
	assert_true(sdp_print(again, sizeof(again), &sdp) > 0);
	assert_string_equal(again, text);
}

static void check(const char *name)
{
	static char offer[FILE_SIZE], want[FILE_SIZE];
	char got[SDP_SIZE];

	(void)file_read(offer, name, ".offer");
	answer_of(got, sizeof(got), offer);
	answer_stable(got);
	if (getenv("CARILLON_GOLDEN_WRITE"))
		file_write(got, name);
	(void)file_read(want, name, ".answer");
	if (strcmp(got, want))
		print_message("%s:\n", name);
	assert_string_equal(got, want);
}

static void every_offer_gets_its_answer(void **state)
{
	char dir[1024], name[256];
	struct dirent *e;
	unsigned n = 0;
	DIR *d;

	(void)snprintf(dir, sizeof(dir), "%s/test/golden/sdp", TEST_SOURCE_DIR);
	d = opendir(dir);
	assert_non_null(d);
	while ((e = readdir(d))) {
		char *dot = strrchr(e->d_name, '.');

		if (!dot || strcmp(dot, ".offer"))
			continue;
		(void)snprintf(name, sizeof(name), "%.*s", (int)(dot - e->d_name), e->d_name);
		check(name);
		++n;
	}
	closedir(d);
	assert_true(n >= OFFERS_MIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_offer_gets_its_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
