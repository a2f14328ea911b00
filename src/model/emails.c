/**
 * @file emails.c  Several e-mail addresses in one text
 */
#include <errno.h>
#include <string.h>
#include "emails.h"
#include "text.h"
#include "user.h"

/**
 * Shows each address of a text
 *
 * @param emails Addresses, separated by spaces
 * @param h      Sees each; what it returns but 0 ends the list
 * @param arg    Its argument
 *
 * @return 0, ENAMETOOLONG for what is too long to be an address, or what the handler returned
 */
int emails_each(const char *emails, emails_h *h, void *arg)
{
	char one[MODEL_EMAIL];
	struct pl word;
	int err = 0;

	while (!err && text_word(&word, &emails)) {
		if (!text_copy_pl(one, sizeof(one), &word))
			return ENAMETOOLONG;
		err = h(one, arg);
	}
	return err;
}

struct checked {
	struct field_errors *fe;
	const char *name;
	unsigned count;
};

static int check_h(const char *address, void *arg)
{
	struct checked *c = arg;

	c->count++;
	if (email_good(address))
		return 0;
	field_error(c->fe, c->name, "contains %.60s, which is no address", address);
	return EINVAL;
}

/** Checks what somebody typed as the field `name` */
void emails_check(struct field_errors *fe, const char *name, const char *emails)
{
	struct checked c = {.fe = fe, .name = name};

	if (emails_each(emails, check_h, &c) == ENAMETOOLONG)
		field_error(fe, name, "contains an address that is too long");
	if (c.count > EMAILS_COUNT)
		field_error(fe, name, "has room for %d addresses", EMAILS_COUNT);
}

static int same_h(const char *address, void *arg)
{
	return strcmp(address, arg) ? 0 : EEXIST;
}

/** Whether an address is among them */
bool emails_have(const char *emails, const char *address)
{
	return emails_each(emails, same_h, (void *)(uintptr_t)address) == EEXIST;
}
