/* Entities marked in the text of a story's `user:` step: [text](entity), [text](entity:value), [text]{"entity": ...}.
 */
#ifndef DIALOG_ANNOTATION_H
#define DIALOG_ANNOTATION_H

#include <jansson.h>

/* The text without the marks (owned by the caller); `*entities` gets a new array of {entity, value, start, end, role,
 * group} with offsets in code points of that text. What is no mark stays as it is. */
char *annotation_read(const char *text, json_t **entities);

#endif
