/* When two texts are the same to a person: without regard to case, width, outer and repeated white space. */
#ifndef SRC_SAMENESS_H
#define SRC_SAMENESS_H

/* What such texts have in common; owned by the caller. */
char *sameness_key(const char *text);

#endif
