#include "store/store.h"

struct event {
	const char *visitor, *event, *item;
	int64_t at_s;
};

static bool write_event(struct db *db, void *user, GError **error)
{
	const struct event *event = user;
	return db_run(
	    db, "INSERT INTO events (visitor, event, item, at_s) VALUES (?1, ?2, ?3, ?4)",
	    DB_ARGS(db_text(event->visitor), db_text(event->event), db_text(event->item), db_integer(event->at_s)), error);
}

bool bot_store_event(struct bot_store *store, const char *visitor, const char *event, const char *item, GError **error)
{
	if (!store_check_text("the visitor's name", visitor, STORE_NAME_MAX_BYTES, error) ||
	    !store_check_text("the event's name", event, STORE_NAME_MAX_BYTES, error) ||
	    !store_check_text("the item's name", item, STORE_NAME_MAX_BYTES, error))
		return false;
	struct event row = {visitor, event, item, store_now_ms(store) / 1000};
	return store_write(store, write_event, &row, error);
}

struct walk {
	void (*each)(const char *visitor, const char *item, const char *event, int64_t time_s, void *user);
	void *user;
};

static bool read_events(struct db *db, void *user, GError **error)
{
	const struct walk *walk = user;
	g_autoptr(db_rows) rows =
	    db_query(db, "SELECT visitor, item, event, at_s FROM events ORDER BY number", DB_NO_ARGS, error);
	int got = rows ? db_next(rows, error) : -1;
	for (; got > 0; got = db_next(rows, error))
		walk->each(db_text_at(rows, 0), db_text_at(rows, 1), db_text_at(rows, 2), db_integer_at(rows, 3), walk->user);
	return got == 0;
}

bool bot_store_events(struct bot_store *store,
                      void (*each)(const char *visitor, const char *item, const char *event, int64_t time_s,
                                   void *user),
                      void *user, GError **error)
{
	struct walk walk = {each, user};
	return store_read(store, read_events, &walk, error);
}
