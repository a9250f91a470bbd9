/** A list of steps on a TTY. The only file that knows listr2. */
import { EOL } from 'node:os';
import {
  DefaultRenderer,
  LISTR_DEFAULT_RENDERER_STYLE,
  Listr,
  ListrDefaultRendererLogLevels,
  ListrLogger,
  type ListrRendererTask,
  type ListrTask,
  ProcessOutput,
} from 'listr2';
import { createSlots, type SlotEnd } from './slots.ts';

interface Item {
  readonly id: string;
  readonly title: string;
}

export type ListEntry = Item | { readonly title: string; readonly parallel: readonly Item[] };

export interface ListOptions {
  readonly stream: NodeJS.WriteStream;
  /** Adds the frame. `final`: the drawing that stays on the terminal. */
  frame(list: readonly string[], final: boolean): readonly string[];
  /** The list opens when the previous one has drawn for the last time. */
  readonly after: Promise<unknown>;
}

export interface TaskList {
  /**
   * New title and more output lines of a running item; otherwise nothing happens. `stopped`: it waits for a person's
   * choice, without a spinner.
   */
  update(id: string, title: string, lines: readonly string[], stopped: boolean): void;
  /** A background item has started: the list continues while it runs. */
  goOn(id: string): void;
  end(id: string, end: SlotEnd): void;
  /** Ends all open items, then draws for the last time. */
  close(endOf: (id: string) => SlotEnd): void;
  readonly ended: Promise<unknown>;
}

const outputLines = 4;
const icons = new ListrLogger<ListrDefaultRendererLogLevels>({
  useIcons: true,
  icon: { ...LISTR_DEFAULT_RENDERER_STYLE.icon },
  color: { ...LISTR_DEFAULT_RENDERER_STYLE.color },
});

/** A renderer that draws the frame around what listr2 draws. */
const framedBy = (frame: ListOptions['frame'], isStopped: IsSo, hasTurn: IsSo, isLeftOpen: IsSo) =>
  class extends DefaultRenderer {
    override create(options?: { tasks?: boolean; bottomBar?: boolean; prompt?: boolean }): string {
      // listr2 draws a last time without the prompt.
      return frame(super.create(options).split(EOL), options?.prompt === false).join(EOL);
    }

    // listr2 has no state for a task that waits for its turn, or for one that is held.
    protected override style(task: ListrRendererTask<typeof DefaultRenderer>, output = false): string {
      // listr2 shows a group in which nothing started as completed.
      if (!output && isLeftOpen(task)) return icons.icon(ListrDefaultRendererLogLevels.SKIPPED_WITH_COLLAPSE);
      if (output || !task.isStarted()) return super.style(task, output);
      if (!hasTurn(task)) return icons.icon(ListrDefaultRendererLogLevels.WAITING);
      return isStopped(task) ? icons.icon(ListrDefaultRendererLogLevels.FAILED) : super.style(task, output);
    }
  };
type IsSo = (task: ListrRendererTask<typeof DefaultRenderer>) => boolean;

type Task = ListrTask<unknown, ReturnType<typeof framedBy>>;

/**
 * listr2 ignores tasks added to a running list, so a later list is a new one. Its lists are sequential or concurrent,
 * and this one is neither: listr2 starts all tasks, and each waits here for its turn.
 */
export const openList = (entries: readonly ListEntry[], options: ListOptions): TaskList => {
  const slots = createSlots();
  const working = new Map<string, { title: string; output: string }>();
  const stoppedIds = new Set<string>();
  const begun = new WeakSet<object>();
  const groups = new WeakMap<object, readonly string[]>();
  const ends = new Map<string, SlotEnd['kind']>();
  const endsOf = (task: object) => (groups.get(task) ?? []).map((id) => ends.get(id));
  const isLeftOpen: IsSo = (task) =>
    task.isCompleted() &&
    !endsOf(task).includes('failed') &&
    endsOf(task).some((kind) => kind === 'unreached' || kind === 'stopped');
  const isStopped: IsSo = ({ title }) => [...stoppedIds].some((id) => working.get(id)?.title === title);

  const taskOf = ({ id, title }: Item, turn: Promise<unknown>): Task => ({
    title,
    rendererOptions: { outputBar: outputLines },
    task: async (_, task) => {
      await turn;
      begun.add(task.task);
      working.set(id, task);
      const end = await slots.wait(id);
      working.delete(id);
      ends.set(id, end.kind);
      task.title = end.title;
      if (end.kind === 'failed') throw new Error(end.title);
      if (end.kind !== 'done') task.skip(end.title);
    },
  });
  const atOnce = { concurrent: true, exitOnError: false };
  let turn: Promise<unknown> = Promise.resolve();
  const tasks = entries.map((entry): Task => {
    const mine = turn;
    const items = 'id' in entry ? [entry] : entry.parallel;
    turn = mine.then(() => Promise.all(items.map(({ id }) => slots.passed(id))));
    if ('id' in entry) return taskOf(entry, mine);
    const { title, parallel } = entry;
    return {
      title,
      task: async (_, task) => {
        await mine;
        begun.add(task.task);
        groups.set(
          task.task,
          parallel.map(({ id }) => id),
        );
        return task.newListr(
          parallel.map((item) => taskOf(item, mine)),
          atOnce,
        );
      },
    };
  });

  const closing = Promise.withResolvers<void>();
  // Not shown, as it has no title: it keeps the list open until the run has ended.
  tasks.push({ task: () => closing.promise });

  const run = () => {
    const { stream } = options;
    // Created here, because it stores the stream's `write`, which the previous list replaces while it is open.
    const output = new ProcessOutput(stream, stream, { leaveEmptyLine: false });
    return new Listr<unknown, ReturnType<typeof framedBy>>(tasks, {
      renderer: framedBy(options.frame, isStopped, (task) => begun.has(task), isLeftOpen),
      rendererOptions: {
        collapseSubtasks: false,
        formatOutput: 'truncate',
        logger: new ListrLogger({ useIcons: true, processOutput: output }),
      },
      // stderr is the terminal here; listr2 would test stdout, which carries results.
      fallbackRendererCondition: false,
      registerSignalListeners: false,
      ...atOnce,
    }).run();
  };
  const ids = entries.flatMap((e) => ('id' in e ? [e.id] : e.parallel.map((item) => item.id)));

  return {
    update(id, title, lines, stopped) {
      const task = working.get(id);
      if (!task) return;
      if (stopped) stoppedIds.add(id);
      else stoppedIds.delete(id);
      if (task.title !== title) task.title = title;
      for (const line of lines) task.output = line;
    },
    goOn: slots.goOn,
    end: slots.end,
    close(endOf) {
      slots.endRest(ids, endOf);
      closing.resolve();
    },
    ended: options.after.then(run),
  };
};
