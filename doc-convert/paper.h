/**
 * @file paper.h  A received fax as a PDF, dot by dot
 */
#ifndef DOC_PAPER_H
#define DOC_PAPER_H

/* The whole life of a child: reads a TIFF on 0, writes a PDF on 1 */
int paper_pdf(void *arg);

#endif
