/** The contract of run-level notifications: how a message to people is delivered. The composition root hands one in. */
import type { ActContext, Finding, Secretable } from './step.ts';

/** What a delivery needs of its surroundings. */
export type TellContext = Pick<ActContext, 'reveal' | 'mask' | 'signal' | 'readFile' | 'connect'>;

export const webhookShapes = ['json', 'slack', 'teams', 'discord', 'mattermost'] as const;
export type WebhookShape = (typeof webhookShapes)[number];

/** A place where people are told. */
export type Channel =
  | {
      readonly kind: 'webhook';
      readonly url: Secretable;
      readonly shape: WebhookShape;
      readonly caFile: string | null;
    }
  | {
      readonly kind: 'mail';
      readonly through: string;
      readonly to: readonly string[];
      readonly subject: string | null;
    };

/** Masked already. */
export interface TellMessage {
  /** The same for every attempt, so that a receiver can recognise a repeated one. */
  readonly id: string;
  readonly run: string;
  readonly step: string | null;
  readonly text: string;
  readonly fields: { readonly [name: string]: string | number | boolean };
}

/** How one message ended. */
export type Delivery =
  | { readonly state: 'done'; readonly status: number | null }
  /** Certainly not taken; `passing`: another attempt may fare better. */
  | { readonly state: 'not-done'; readonly passing: boolean; readonly why: string; readonly remedy: string }
  | { readonly state: 'unknown'; readonly why: string };

export interface Teller {
  /** Throws only what no delivery explains. */
  deliver(ctx: TellContext, channel: Channel, message: TellMessage): Promise<Delivery>;
  /** Whether it can be reached; sends nothing. */
  check(ctx: TellContext, channel: Channel): Promise<readonly Finding[]>;
}
