/**
 * Instants as the clocks of a time zone show them, for expressions of a policy. CEL has functions of its own for it,
 * `t.getHours("Europe/Paris")`: the library reads the zone's clock back as if it were the machine's, so that they are
 * an hour wrong where the machine's own clock jumps.
 */

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const weekMs = 7 * dayMs;
/** 1970-01-05, a Monday. */
const firstMonday = 4 * dayMs;

const formats = new Map<string, Intl.DateTimeFormat>();

const formatOf = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, format);
  return format;
};

/** null: it is one. */
export const zoneFault = (zone: string): string | null => {
  try {
    formatOf(zone);
    return null;
  } catch {
    return `"${zone}" is not a time zone`;
  }
};

/** What the zone's clocks show, as ms of a day without time zones. Throws for an unknown zone. */
const shownAt = (at: Date, zone: string): number => {
  const fault = zoneFault(zone);
  if (fault !== null) throw new Error(fault);
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
};

/** Of `local(t, zone)`. */
export const localFields = {
  weekday: 'string',
  date: 'string',
  time: 'string',
  year: 'int',
  month: 'int',
  day: 'int',
  hour: 'int',
  minute: 'int',
} as const;

export const local = (at: Date, zone: string): ReadonlyMap<string, string | bigint> => {
  const shown = shownAt(at, zone);
  const iso = new Date(shown).toISOString();
  const fields: Record<keyof typeof localFields, string | bigint> = {
    weekday: weekdays[Math.floor(after(shown, firstMonday, weekMs) / dayMs)] ?? '',
    date: iso.slice(0, 10),
    time: iso.slice(11, 16),
    year: BigInt(iso.slice(0, 4)),
    month: BigInt(iso.slice(5, 7)),
    day: BigInt(iso.slice(8, 10)),
    hour: BigInt(iso.slice(11, 13)),
    minute: BigInt(iso.slice(14, 16)),
  };
  return new Map(Object.entries(fields));
};

/** How long after the last of the instants `from`, `from` plus a period, and so on. */
const after = (shown: number, from: number, period: number): number =>
  (((shown - from) % period) + period) % period;

interface Slot {
  readonly startMs: number;
  readonly lengthMs: number;
  readonly periodMs: number;
}

const slotPattern = /^(?:([A-Za-z]{3,9}) )?(\d\d):(\d\d) ?- ?(?:([A-Za-z]{3,9}) )?(\d\d):(\d\d)$/;

const weekdayOf = (word: string): number =>
  weekdays.findIndex((name) => [name, name.slice(0, 3)].some((n) => n.toLowerCase() === word.toLowerCase()));

const minutesOf = (hour: string, minute: string): number | null => {
  const minutes = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && minutes <= 24 * 60 ? minutes : null;
};

const slots = new Map<string, Slot | string>();

/** `Sun 00:00-06:00`, `Sat 22:00-Sun 06:00`, `22:00-06:00` of each day. A text: what is wrong. */
const parseSlot = (text: string): Slot | string => {
  const wrong = `"${text}" is not a span of time like "Sun 00:00-06:00", "Sat 22:00-Sun 06:00" or "22:00-06:00"`;
  const [, fromDay, fromHour, fromMinute, toDay, toHour, toMinute] = slotPattern.exec(text) ?? [];
  const from = minutesOf(fromHour ?? '', fromMinute ?? '');
  const to = minutesOf(toHour ?? '', toMinute ?? '');
  if (from === null || to === null || fromHour === undefined) return wrong;
  if (fromDay === undefined && toDay !== undefined) return wrong;
  const [start, end] = [fromDay, toDay].map((day) => (day === undefined ? 0 : weekdayOf(day)));
  if (start === undefined || end === undefined || start < 0 || end < 0) return wrong;
  const periodMs = fromDay === undefined ? dayMs : weekMs;
  const startMs = start * dayMs + from * minuteMs;
  const endMs = (toDay === undefined ? start : end) * dayMs + to * minuteMs;
  // Without a day of its own, the end is the next such time after the start.
  const wrapMs = toDay === undefined ? dayMs : weekMs;
  const lengthMs = endMs > startMs ? endMs - startMs : endMs - startMs + wrapMs;
  return { startMs, lengthMs, periodMs };
};

const slotOf = (text: string): Slot | string => {
  const known = slots.get(text);
  if (known !== undefined) return known;
  const slot = parseSlot(text);
  slots.set(text, slot);
  return slot;
};

/** null: it is one. */
export const slotFault = (text: string): string | null => {
  const slot = slotOf(text);
  return typeof slot === 'string' ? slot : null;
};

/**
 * Whether all from the one instant to the other is in one and the same slot, by the clocks of the zone: on the day
 * when they jump, a slot from 00:00 to 06:00 is five or seven hours long. Throws for a wrong slot or zone, and where
 * the end is before the start.
 */
export const within = (from: Date, to: Date, text: string, zone: string): boolean => {
  const slot = slotOf(text);
  if (typeof slot === 'string') throw new Error(slot);
  if (to < from) throw new Error('the end is before the start');
  const shownFrom = shownAt(from, zone);
  const inside = after(shownFrom, firstMonday + slot.startMs, slot.periodMs);
  const beginning = shownFrom - inside;
  const shownTo = shownAt(to, zone);
  return inside <= slot.lengthMs && shownTo >= beginning && shownTo <= beginning + slot.lengthMs;
};
