/**
 * @file cause.h  Why a call ended, as one closed table
 *
 * A row holds the name, the Q.850 cause, the SIP code (RFC 3398 section 7.2.4.1) and the sentence a
 * person reads. Any floor may call this, on any thread.
 */
#ifndef CARILLON_CAUSE_H
#define CARILLON_CAUSE_H

#include <stdint.h>

enum cause {
#define X(name, q850, sip, text) CAUSE_##name,
#include "cause_table.h"
#undef X
	CAUSE_MAX
};

const char *cause_name(enum cause cause);
const char *cause_text(enum cause cause);
uint16_t cause_q850(enum cause cause);
uint16_t cause_sip(enum cause cause);
const char *cause_sip_reason(enum cause cause);
enum cause cause_from_sip(uint16_t scode);
enum cause cause_from_name(const char *name);

#endif
