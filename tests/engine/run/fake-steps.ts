/** Step types of a made-up world: what they did is counted, so that a test can tell once from twice. */
import * as z from 'zod';
import type { Registry } from '../../../engine/registry.ts';
import type { ActContext } from '../../../engine/step.ts';
import {
  type AnyStepType,
  defineStep,
  type Outcome,
  type Probed,
  secretable,
  withActs,
} from '../../../engine/step.ts';
import { defineTarget, withOpen } from '../../../engine/target.ts';
import { FakeLocks } from './fake-locks.ts';

type Input = { readonly name: string; readonly value?: unknown };

export interface FakeWorld {
  /** What stands now, by name. */
  readonly standing: Map<string, unknown>;
  /** How often each name was really done. */
  readonly done: Map<string, number>;
  /** Replaces an act's run, by name; a look's by `look NAME`. */
  readonly script: Map<string, (context: ActContext, act: () => void) => Promise<Outcome<unknown>>>;
  /** Replaces the truthful probe. */
  readonly probes: Map<string, Probed<unknown>>;
  /** How an attempt ended by itself, by `act#attempt`: kept where it ran, as an exit code is. */
  readonly ended: Map<string, Extract<Outcome<unknown>, { done: false }>>;
  /** The one place there is, as it is now: a test may change it, or clear `markers`, which are by folder. */
  readonly place: {
    host: string;
    boot: string;
    user: string;
    stateDir: string;
    markers: Map<string, string>;
  };
  /** At the place, by name; `away`: it cannot be reached. */
  readonly locks: FakeLocks;
}

export const fakeWorld = (): FakeWorld => ({
  standing: new Map(),
  done: new Map(),
  script: new Map(),
  probes: new Map(),
  ended: new Map(),
  place: { host: 'h', boot: 'b1', user: 'u', stateDir: '/state', markers: new Map() },
  locks: new FakeLocks(),
});

const input = z.strictObject({ name: z.string(), value: secretable.optional() });
const output = z.strictObject({ name: z.string(), token: z.string().optional() });

const put = (world: FakeWorld): AnyStepType =>
  withActs(
    defineStep({
      type: 'put',
      summary: 'Puts a value',
      input,
      output,
      before: z.object({ had: z.boolean() }),
      examples: [{ title: 'one', with: { name: 'a' } }],
      places: ['local'],
      onUnknown: 'ask',
      undoes: true,
      sensitive: ['token'],
      onInterrupt: () => 'leave',
      effects: () => 'write',
      preview: ({ name }) => `put ${name}`,
    }),
    async () => ({
      acts: {
        check: async () => [{ level: 'verified', what: 'it is there' }],
        prepare: async (_: ActContext, { name }: Input) => ({ had: world.standing.has(name) }),
        async run(context: ActContext, { name, value }: Input) {
          await context.connect('shell');
          const act = () => {
            world.standing.set(name, value ?? true);
            world.done.set(name, (world.done.get(name) ?? 0) + 1);
          };
          const scripted = world.script.get(name);
          if (scripted) return (await scripted(context, act)) as Outcome<{ name: string }>;
          act();
          return { done: true, output: { name, token: 'sensitive' } };
        },
        async probe({ act, attempt }: ActContext, { name }: Input) {
          const outcome = world.ended.get(`${act}#${attempt}`);
          if (outcome) return { state: 'failed', outcome };
          const said = world.probes.get(name);
          if (said) return said as Probed<{ name: string }>;
          return world.standing.has(name) ? { state: 'done', output: { name } } : { state: 'not-done' };
        },
        async undo(_: ActContext, { name }: Input, before: { had: boolean }) {
          if (!before.had) world.standing.delete(name);
          return { done: true, output: null };
        },
      },
    }),
  );

const look = (world: FakeWorld): AnyStepType =>
  withActs(
    defineStep({
      type: 'look',
      summary: 'Looks whether a value stands',
      input,
      output: z.strictObject({}),
      examples: [{ title: 'one', with: { name: 'a' } }],
      places: ['local'],
      onUnknown: 'rerun',
      effects: () => 'read',
      preview: ({ name }) => `look ${name}`,
    }),
    async () => ({
      acts: {
        check: async () => [{ level: 'verified', what: 'it can be looked at' }],
        async run(context: ActContext, { name }: Input) {
          const scripted = world.script.get(`look ${name}`);
          if (scripted) return (await scripted(context, () => {})) as Outcome<Record<string, never>>;
          if (world.standing.has(name)) return { done: true, output: {} };
          return { done: false, effect: 'none', retryable: true, short: `${name} does not stand` };
        },
        probe: async () => ({ state: 'not-done' }),
      },
    }),
  );

const here = (world: FakeWorld) =>
  withOpen(
    defineTarget({
      kind: 'local',
      config: z.strictObject({}),
      client: 'shell',
      files: () => [],
      via: false,
      describe: () => 'here',
    }),
    async () => ({
      open: async () => ({
        client: {},
        check: async () => [],
        close: async () => {},
        async identify() {
          const { markers, ...place } = world.place;
          return { ...place, marker: markers.get(place.stateDir) ?? null };
        },
        lock: (name: string) => world.locks.lock(name),
        async mark(_: string, marker: string) {
          world.place.markers.set(world.place.stateDir, marker);
        },
      }),
    }),
  );

export const fakeRegistry = (world: FakeWorld): Registry => ({
  steps: new Map([put(world), look(world)].map((type) => [type.type, type])),
  targets: new Map([['local', here(world)]]),
});
