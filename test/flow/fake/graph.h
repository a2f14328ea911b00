/**
 * @file graph.h  Graphs of chance: what a tenant's numbers, groups, hours and people lead to
 *
 * graph_make() lays them once, graph_draw() gives every edge anew by draw(); both write the store
 * as the API would, so that calls run on what tenant_load() makes of it.
 */
#ifndef CARILLON_GRAPH_H
#define CARILLON_GRAPH_H

enum { GRAPH_PEOPLE = 5 };

extern const char *const graph_people[GRAPH_PEOPLE];

void graph_make(void);
void graph_draw(void);
const char *graph_number(void);

#endif
