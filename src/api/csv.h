/**
 * @file csv.h  Cells of a CSV file that no spreadsheet takes for a formula; any thread
 */
#ifndef CARILLON_API_CSV_H
#define CARILLON_API_CSV_H

#include <re.h>

int csv_cell(struct mbuf *mb, const char *text);

#endif
