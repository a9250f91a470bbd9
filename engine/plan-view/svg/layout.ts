/** Places of the picture, in pixels. */
import { offset } from '../../words/format.ts';
import { clockTime, type T0 } from '../clock.ts';
import type { PlanRows } from '../rows.ts';
import { widthOf } from './measure.ts';
import { type Scale, scaleOf } from './scale.ts';
import type { Markup } from './xml.ts';

export const width = 1120;
export const margin = 24;
export const rowHeight = 32;

/** Right ends of the columns of numbers. */
export const numbers = { expected: 896, slack: 962, undo: 1032, rollback: 1096 } as const;
export const numberSize = 11;

export interface Layout {
  readonly rows: PlanRows;
  readonly t0: T0 | null;
  readonly scale: Scale;
  /** Where the ids begin, after the offsets. */
  readonly idX: number;
}

/** A part of the picture, drawn from `y` on. */
export interface Part {
  readonly height: number;
  readonly drawn: readonly Markup[];
}

const chartLeft = 400;
const chartRight = 806;

export const layoutOf = (rows: PlanRows, t0: T0 | null): Layout => {
  const offsets = rows.steps.reduce(
    (most, { times: { startMs } }) =>
      Math.max(
        most,
        widthOf(offset(startMs), numberSize),
        t0 === null ? 0 : widthOf(clockTime(t0, startMs), 10.5),
      ),
    0,
  );
  const idX = margin + Math.min(130, offsets) + 18;
  return { rows, t0, idX, scale: scaleOf(rows, chartLeft, chartRight) };
};

export const labelWidth = ({ scale, idX }: Layout): number => scale.left - idX - 12;
