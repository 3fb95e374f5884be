/* The shop's orders as a file: orders.csv with order_id,status,carrier,tracking,updated,eta. Immutable once read. */
#ifndef DIALOG_ORDER_H
#define DIALOG_ORDER_H

#include <glib.h>

#define ORDERS_MAX 5000000u

struct order {
	char *id, *status, *carrier, *tracking, *updated, *eta;
};

struct order_book;
struct order_book *order_book_load(const char *path, GError **error);
struct order_book *order_book_ref(struct order_book *book);
void order_book_unref(struct order_book *book); /* accepts NULL */
/* By id; case, spaces and dashes do not count, nor do the letters in front if the digits alone name one order. */
const struct order *order_book_find(const struct order_book *book, const char *id);

#endif
