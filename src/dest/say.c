/**
 * @file say.c  Sentences out of the prompts of Asterisk's English sounds
 */
#include <string.h>
#include <time.h>
#include "own.h"
#include "say.h"
#include "snapshot.h"
#include "text.h"

enum { DAY_MS = 86400000 };

/** Begins an empty sentence */
void say_begin(struct say *s)
{
	s->what[0] = '\0';
}

/** Adds prompts, joined by '&' */
void say_add(struct say *s, const char *prompts)
{
	size_t n = strlen(s->what);

	if (!text_printf(s->what + n, sizeof(s->what) - n, "%s%s", n ? "&" : "", prompts))
		s->what[n] = '\0';
}

/** Reads a number digit by digit; '+', '*' and '#' too, the rest is passed over */
void say_digits(struct say *s, const char *digits)
{
	char prompt[16];

	for (; *digits; digits++) {
		if (*digits >= '0' && *digits <= '9')
			(void)text_printf(prompt, sizeof(prompt), "digits/%c", *digits);
		else if (*digits == '*' || *digits == '#')
			(void)text_printf(prompt, sizeof(prompt), "digits/%s",
					  *digits == '*' ? "star" : "pound");
		else if (*digits == '+')
			(void)text_printf(prompt, sizeof(prompt), "letters/plus");
		else
			continue;
		say_add(s, prompt);
	}
}

/** Says a whole number below a million */
void say_number(struct say *s, unsigned n)
{
	char prompt[16];

	if (n >= 1000) {
		say_number(s, n / 1000 % 1000);
		say_add(s, "digits/thousand");
		n %= 1000;
		if (!n)
			return;
	}
	if (n >= 100) {
		(void)text_printf(prompt, sizeof(prompt), "digits/%u", n / 100);
		say_add(s, prompt);
		say_add(s, "digits/hundred");
		n %= 100;
		if (!n)
			return;
	}
	if (n > 20 && n % 10) {
		(void)text_printf(prompt, sizeof(prompt), "digits/%u", n / 10 * 10);
		say_add(s, prompt);
		n %= 10;
	}
	(void)text_printf(prompt, sizeof(prompt), "digits/%u", n);
	say_add(s, prompt);
}

static void say_day(struct say *s, const struct tm *tm, int64_t days_ago)
{
	char prompt[32];

	if (days_ago == 0) {
		say_add(s, "digits/today");
	} else if (days_ago == 1) {
		say_add(s, "digits/yesterday");
	} else {
		(void)text_printf(prompt, sizeof(prompt), "digits/day-%d&digits/mon-%d",
				  tm->tm_wday, tm->tm_mon);
		say_add(s, prompt);
		(void)text_printf(prompt, sizeof(prompt), "digits/h-%d",
				  tm->tm_mday % 10 == 0 || tm->tm_mday <= 20 ? tm->tm_mday
									     : tm->tm_mday % 10);
		if (tm->tm_mday > 20 && tm->tm_mday % 10)
			say_add(s, tm->tm_mday > 30 ? "digits/30" : "digits/20");
		say_add(s, prompt);
	}
}

/**
 * Says a day and a time: today, yesterday, or "Thursday November twenty-sixth, at 3 48 p.m."
 *
 * @param s         Sentence
 * @param local_ms  Wall ms, plus the zone's offset
 * @param local_now The same of now
 */
void say_time(struct say *s, int64_t local_ms, int64_t local_now)
{
	time_t sec = (time_t)(local_ms / 1000);
	unsigned hour;
	struct tm tm;

	gmtime_r(&sec, &tm);
	say_day(s, &tm, local_now / DAY_MS - local_ms / DAY_MS);
	say_add(s, "digits/at");
	hour = (unsigned)tm.tm_hour % 12;
	say_number(s, hour ? hour : 12);
	if (tm.tm_min && tm.tm_min < 10)
		say_add(s, "digits/oh");
	if (tm.tm_min)
		say_number(s, (unsigned)tm.tm_min);
	say_add(s, tm.tm_hour < 12 ? "digits/a-m" : "digits/p-m");
}

/** Plays a blob: a greeting, a message */
void say_blob(struct say *s, const struct blobs *bs, const char *key)
{
	char path[BLOB_PATH], file[BLOB_PATH + 8];

	blob_path(path, bs, key);
	(void)text_printf(file, sizeof(file), "file:%s", path);
	say_add(s, file);
}

/** Plays how somebody says the own name; false when it was never recorded */
bool say_name(struct say *s, const struct blobs *bs, const struct tenant_extension *e)
{
	if (!e->mailbox || !e->mailbox->spoken_name[0])
		return false;
	say_blob(s, bs, e->mailbox->spoken_name);
	return true;
}

/** "Tom Becker is not available", or "The person at extension 1 0 0 2 ..." */
void say_unavailable(struct say *s, const struct blobs *bs, const struct tenant_extension *e)
{
	if (!say_name(s, bs, e)) {
		say_add(s, "vm-theperson");
		say_digits(s, e->number);
	}
	say_add(s, "vm-isunavail");
}

/** "Press 3 ..." */
void say_press(struct say *s, char key, const char *prompts)
{
	char digit[2] = {key, '\0'};

	say_add(s, "vm-press");
	say_digits(s, digit);
	say_add(s, prompts);
}
