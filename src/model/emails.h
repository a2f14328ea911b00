/**
 * @file emails.h  Several e-mail addresses in one text, separated by spaces
 *
 * Pure; any thread.
 */
#ifndef CARILLON_EMAILS_H
#define CARILLON_EMAILS_H

#include "field.h"

enum { EMAILS = 1024, EMAILS_COUNT = 5 };

typedef int(emails_h)(const char *address, void *arg);

void emails_check(struct field_errors *fe, const char *name, const char *emails);
int emails_each(const char *emails, emails_h *h, void *arg);
bool emails_have(const char *emails, const char *address);

#endif
