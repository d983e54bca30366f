/**
 * The statement, worded so that SQLite plans it when it is prepared and never again. A parameter that stands
 * alone beside a column of a join is looked at for the plan, which is then made anew each time that another
 * value is bound; behind a plus, which changes no value, it isn't. A join of two rows: 33 µs, and 5 with it.
 *
 * For texts in which a question mark is always a parameter. Not for `LIKE ?`, whose index needs the value,
 * nor where `json_each(?)` leads: there nothing was gained.
 */
export const plannedOnce = (text: string): string => text.replaceAll('?', '+?')
