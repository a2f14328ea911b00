/**
 * @file memory.h  Memory that fails by order of a test, for libre and us alike
 *
 * A test that links memory.c (see CMakeLists.txt: those named ..._memory.c) has malloc(), calloc(),
 * realloc() and free() of all that is linked statically go through it.
 */
#ifndef CARILLON_TEST_MEMORY_H
#define CARILLON_TEST_MEMORY_H

/**
 * Lives a life once to count the allocations of this thread, then once for each of them with that
 * one failing; all of that twice, the first time to warm up. What may be left of a life is nothing:
 * `after` is called, several times if need be, until as much is in use as before, and the test
 * fails if it never is.
 *
 * @param life  What is done, all by itself; it may find itself refused at any point
 * @param after What the world does later (clocks, other threads) and how it must look then
 * @param least Allocations that there must be at least, so that the test tests something
 */
void memory_sweep(void (*life)(void), void (*after)(void), unsigned least);

#endif
