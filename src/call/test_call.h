/**
 * @file test_call.h  Test calls: the system calls an extension as anybody would
 *
 * The call runs through the same flow as any other, so that its story tells what a caller would
 * have met. Its caller is nobody (leg_nobody()): whoever answers hears an echo test, and where the
 * system would answer itself, by voicemail for instance, the call ends and says so. Core thread
 * only.
 */
#ifndef CARILLON_TEST_CALL_H
#define CARILLON_TEST_CALL_H

#include "call.h"

enum { TEST_CALL_MS = 60000 }; /* longest echo test */

int test_call_start(char id[ID_SIZE], struct exchange *x, int64_t tenant, const char *extension,
		    const char *from);
void test_call_answered(struct call *c, struct leg *winner);
void test_call_served(struct call *c, const struct dest *dest);

#endif
