import type { FieldPacket } from 'mysql2';
import type { Json } from '../../../engine/plan.ts';
import { parseForeignJson } from '../../../engine/step.ts';
import { finite } from '../../_kits/sql/row.ts';

const timestamp = 7;
const datetime = 12;
const jsonColumn = 245;

/** DATETIME has no time zone and gets none; TIMESTAMP is UTC, as the session asked for. */
const instant = (text: string, type: number | undefined): string =>
  `${text.replace(' ', 'T')}${type === timestamp ? 'Z' : ''}`;

/** What the driver gives for one column, as JSON: bytes in base64, dates in ISO 8601, decimals as strings. */
export const jsonOf = (value: unknown, field: FieldPacket | undefined): Json => {
  const type = field?.columnType ?? field?.type;
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') {
    if (type === jsonColumn) return parseForeignJson(value);
    return type === timestamp || type === datetime ? instant(value, type) : value;
  }
  if (typeof value === 'number') return finite(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'boolean') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  // A type that this driver version gives a shape of its own, a point for one.
  return parseForeignJson(JSON.stringify(value));
};
