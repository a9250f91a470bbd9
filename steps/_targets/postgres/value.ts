import type { Json } from '../../../engine/plan.ts';
import { parseForeignJson } from '../../../engine/step.ts';
import { exactInteger, finite } from '../../_kits/sql/row.ts';

type Parse = (text: string) => Json;

/** By type oid. The session speaks UTC and ISO; whatever is not here stays the server's own text. */
const parsers: Readonly<Record<number, Parse>> = {
  16: (text) => text === 't',
  17: (text) => Buffer.from(text.slice(2), 'hex').toString('base64'),
  20: exactInteger,
  21: Number,
  23: Number,
  26: Number,
  114: parseForeignJson,
  700: (text) => finite(Number(text)),
  701: (text) => finite(Number(text)),
  1114: (text) => text.replace(' ', 'T'),
  1184: (text) => text.replace(' ', 'T').replace(/\+00$/, 'Z'),
  3802: parseForeignJson,
};

const asText: Parse = (text) => text;

/** Nothing parsed. */
export const asTheServerSays = { getTypeParser: () => asText };

/** The driver's own parsers make Dates and floats of what must stay exact. */
export const typeParsers = { getTypeParser: (oid: number): Parse => parsers[oid] ?? asText };
