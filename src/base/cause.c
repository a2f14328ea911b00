/**
 * @file cause.c  The table of causes
 */
#include <string.h>
#include "cause.h"
#include "own.h"

static const struct row {
	const char *name;
	uint16_t q850, sip;
	const char *text;
} rows[CAUSE_MAX] = {
#define X(name, q850, sip, text) {#name, q850, sip, text},
#include "cause_table.h"
#undef X
};

/** Name as stored in CDRs, such as "NOANSWER" */
const char *cause_name(enum cause cause)
{
	return rows[cause].name;
}

/** The sentence a person reads */
const char *cause_text(enum cause cause)
{
	return rows[cause].text;
}

/** ITU-T Q.850 cause value, for the Reason header (RFC 3326) and the CDR */
uint16_t cause_q850(enum cause cause)
{
	return rows[cause].q850;
}

/** SIP code that tells this cause to a caller who was not answered; 200 means "only in a BYE" */
uint16_t cause_sip(enum cause cause)
{
	return rows[cause].sip;
}

/** Reason phrase to go with cause_sip(): short, ASCII */
const char *cause_sip_reason(enum cause cause)
{
	return rows[cause].text;
}

/** The cause a final SIP response stands for; any code is mapped */
enum cause cause_from_sip(uint16_t scode)
{
	if (scode < 300)
		return CAUSE_NORMAL;
	for (int i = 0; i < CAUSE_MAX; i++) {
		if (rows[i].sip == scode)
			return (enum cause)i;
	}
	if (scode < 400)
		return CAUSE_GONE;
	if (scode < 500)
		return CAUSE_BAD_REQUEST;
	return scode < 600 ? CAUSE_SERVER_ERROR : CAUSE_DECLINED;
}

/** The cause of a name from a CDR; NORMAL for an unknown one */
enum cause cause_from_name(const char *name)
{
	for (int i = 0; i < CAUSE_MAX; i++) {
		if (name && !strcmp(rows[i].name, name))
			return (enum cause)i;
	}
	return CAUSE_NORMAL;
}
