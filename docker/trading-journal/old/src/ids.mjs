import { randomBytes } from 'node:crypto';

/** In cuid's shape: c, the time in base 36, then randomness; 25 characters. */
export const newId = () =>
  `c${Date.now().toString(36)}${BigInt(`0x${randomBytes(12).toString('hex')}`)
    .toString(36)
    .padStart(16, '0')
    .slice(-16)}`;
