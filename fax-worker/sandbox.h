/**
 * @file sandbox.h  What a worker may still do once it talks to the network
 *
 * No file by name, no new socket, no other program, no other process; a bounded share of memory,
 * time and disk. Everything it needs is open before.
 */
#ifndef FAX_SANDBOX_H
#define FAX_SANDBOX_H

int sandbox_close(void);

#endif
