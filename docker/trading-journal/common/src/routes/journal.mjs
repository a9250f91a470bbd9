import { Hono } from 'hono';
import { dayNote, recentDays, saveDayNote } from '../database.mjs';
import { today } from '../pages/dates.mjs';
import { journalPage } from '../pages/journal.mjs';

/** A day of the calendar: 2026-02-30 is none. */
const isDay = (text) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00Z`).toJSON()?.slice(0, 10) === text;

export const journal = new Hono();

journal.get('/journal', async (c) => {
  const user = c.get('user');
  const asked = c.req.query('date') ?? '';
  const date = isDay(asked) ? asked : today();
  const [note, days] = await Promise.all([dayNote(user.id, date), recentDays(user.id, 14)]);
  return c.html(journalPage({ user, date, note, days }));
});

/** An empty note removes the day's. */
journal.post('/journal', async (c) => {
  const { date, note } = await c.req.parseBody();
  if (typeof date !== 'string' || !isDay(date) || typeof note !== 'string')
    return c.redirect('/journal', 303);
  await saveDayNote(c.get('user').id, date, note);
  return c.redirect(`/journal?date=${date}`, 303);
});
