/** Offsets of the timeline as times of day, in the zone that T0 was given in. */
export interface T0 {
  /** Epoch ms. */
  readonly at: number;
  /** Of the zone, east of UTC. */
  readonly offsetMinutes: number;
}

const local = ({ at, offsetMinutes }: T0, ms: number): string =>
  new Date(at + ms + offsetMinutes * 60_000).toISOString();

const two = (n: number): string => String(n).padStart(2, '0');

export const zone = ({ offsetMinutes }: T0): string => {
  if (offsetMinutes === 0) return 'Z';
  const minutes = Math.abs(offsetMinutes);
  return `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
};

const dayOf = (iso: string): number => Date.parse(`${iso.slice(0, 10)}T00:00:00Z`) / 86_400_000;

/** `22:30:05`, and how many days from that of T0: `00:10:00 +1d`. */
export const clockTime = (t0: T0, ms: number): string => {
  const at = local(t0, Math.round(ms));
  const days = dayOf(at) - dayOf(local(t0, 0));
  return `${at.slice(11, 19)}${days === 0 ? '' : ` ${days < 0 ? '-' : '+'}${Math.abs(days)}d`}`;
};

/** `2026-11-22 22:30:05+01:00` */
export const clockInstant = (t0: T0, ms: number): string =>
  `${local(t0, Math.round(ms)).slice(0, 19).replace('T', ' ')}${zone(t0)}`;
