// The rows of the smoke test, in a user's order. Each resolves or rejects with what was seen instead.
import { randomUUID } from 'node:crypto';

const expectStatus = (page, status, what) => {
  if (page.status !== status) throw new Error(`${what} answered ${page.status}, not ${status}`);
};
const expectText = (page, text, what) => {
  if (!page.text.includes(text)) throw new Error(`${what} does not show ${text}`);
};
const expectRedirect = (page, to, what) => {
  expectStatus(page, 303, what);
  if (page.location !== to) throw new Error(`${what} leads to ${page.location}, not to ${to}`);
};

/** A symbol that nobody trades and a day that nobody writes about: leftovers can be recognised. */
const symbol = 'SMOKE';
const day = '1999-12-31';

const csv = (run) => `symbol,direction,openedAt,entryPrice,quantity
${symbol},LONG,1999-12-31 12:00:00,1.23456789,0.0000${String(run).padStart(4, '0')}
`;

const importTrade = async ({ post, get }) => {
  const form = new FormData();
  const text = csv(Math.floor(Math.random() * 10_000));
  form.set('file', new File([text], 'smoke.csv', { type: 'text/csv' }));
  const done = await post('/import', form);
  expectStatus(done, 200, 'The import');
  const id = done.text.match(/data-trade="([\w-]+)"/)?.[1];
  if (!id) throw new Error('The import shows no new trade');
  const trade = await get(`/trades/${id}`);
  expectStatus(trade, 200, 'The imported trade');
  const removed = await post(`/trades/${id}/delete`);
  expectText(trade, '1.23456789', 'The imported trade');
  expectRedirect(removed, '/trades', 'Deleting the imported trade');
};

const writeNote = async ({ post, get }) => {
  const note = `smoke ${randomUUID()} 📈`;
  const save = (text) => post('/journal', new URLSearchParams({ date: day, note: text }));
  expectStatus(await save(note), 303, 'Saving a note');
  const shown = await get(`/journal?date=${day}`);
  // An empty note removes the day's.
  expectStatus(await save(''), 303, 'Removing the note');
  expectText(shown, note, 'The journal');
};

const kpis = ['trades', 'win-rate', 'net-pnl', 'profit-factor'];

export const walk = (browser, { email, password }) => {
  const { get, post } = browser;
  let tradePath = null;
  return Object.entries({
    login_page: async () => {
      const page = await get('/login');
      expectStatus(page, 200, 'The login page');
      expectText(page, 'name="password"', 'The login page');
    },
    login: async () => {
      const answer = await post('/login', new URLSearchParams({ email, password }));
      expectRedirect(answer, '/dashboard', 'The login');
    },
    dashboard: async () => {
      const page = await get('/dashboard');
      expectStatus(page, 200, 'The dashboard');
      expectText(page, email, 'The dashboard');
      for (const kpi of kpis) expectText(page, `data-kpi="${kpi}"`, 'The dashboard');
    },
    trades: async () => {
      const page = await get('/trades');
      expectStatus(page, 200, 'The list of trades');
      tradePath = page.text.match(/href="(\/trades\/[\w-]+)"/)?.[1] ?? null;
      if (!tradePath) throw new Error('The list of trades is empty');
    },
    trade_detail: async () => {
      if (!tradePath) throw new Error('There was no trade to open');
      expectStatus(await get(tradePath), 200, 'The trade');
    },
    csv_import: () => importTrade(browser),
    journal_note: () => writeNote(browser),
    logout: async () => {
      expectRedirect(await post('/logout'), '/login', 'The logout');
      expectRedirect(await get('/dashboard'), '/login', 'The dashboard after the logout');
    },
  });
};
