import type { MaskedCommand } from '../decide/decisions.ts';
import type { Event } from '../decide/events.ts';
import type { Masked } from '../decide/masked.ts';

/** A refusal is journaled: who asked, and the reason. */
export const refusedEvent = (command: MaskedCommand, id: string | null, why: Masked): Event => {
  const { user, reason } = command;
  const to = { id, command: command.command, user, reason, why };
  const event = (step: string | null, as: string | null): Event => ({
    type: 'command-refused',
    step,
    as,
    ...to,
  });
  switch (command.command) {
    case 'approve':
      return event(command.gate, command.as);
    case 'check':
      return event(command.step, command.as);
    case 'resolve':
    case 'skip':
      return event(command.step, null);
    case 'roll-back':
      return event(null, null);
  }
};

/** The events that carry a command out, with the id of its file: found again, it is known to have been taken. */
export const withCommandId = (events: readonly Event[], commandId: string | null): readonly Event[] =>
  commandId === null
    ? events
    : events.map((event) => {
        switch (event.type) {
          case 'gate-answered':
          case 'item-checked':
          case 'hold-resolved':
          case 'rollback-started':
            return { ...event, commandId };
          default:
            return event;
        }
      });
