// Amounts come from the database as decimal text; what is shown is rounded, what is stored never is.
const french = (options) => new Intl.NumberFormat('fr-FR', options);
const money = french({ style: 'currency', currency: 'USD' });
const two = french({ maximumFractionDigits: 2 });
const share = french({ style: 'percent', maximumFractionDigits: 1 });

export const usd = (value) => (value === null ? '–' : money.format(Number(value)));
export const percent = (part, whole) => (Number(whole) === 0 ? '–' : share.format(part / whole));

/** Gains by losses; without a loss there is none. */
export const ratio = (gains, losses) => (Number(losses) === 0 ? '–' : two.format(gains / -losses));

/** Exactly as stored, without the zeros that fill up the scale. */
export const exact = (value) =>
  value === null ? '–' : value.includes('.') ? value.replace(/[.]?0+$/, '') : value;

/** Both databases are asked in UTC. */
export const moment = (value) => (value === null ? '–' : `${value.slice(0, 16)} UTC`);
