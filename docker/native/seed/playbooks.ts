import { user } from './people.ts';
import { trade } from './trades.ts';
import { cuid, notes, pick, type Row, times } from './values.ts';

const groups = 2;
const perGroup = 2;
const perPlaybook = groups * perGroup;

/** The first third of the users has a playbook; each fourth of their trades follows it. */
export const playbookTables = (users: number, trades: number): [string, Iterable<Row>][] => {
  const count = Math.ceil(users / 3);
  const played = [...Array(trades).keys()].filter(
    (i) => i % users < count && Math.floor(i / users) % 4 === 0,
  );
  const playbookOf = (i: number): number => (played[i] ?? 0) % users;
  return [
    [
      'playbooks',
      times(count, (i) => ({
        id: cuid('plb', i),
        userId: user(i),
        name: `Opening range ${i}`,
        description: pick(notes, i),
      })),
    ],
    [
      'playbook_groups',
      times(count * groups, (i) => ({
        id: cuid('grp', i),
        playbookId: cuid('plb', Math.floor(i / groups)),
        name: pick(['Contexte', 'Entrée'], i),
        position: i % groups,
      })),
    ],
    [
      'playbook_prerequisites',
      times(count * perPlaybook, (i) => ({
        id: cuid('pre', i),
        groupId: cuid('grp', Math.floor(i / perGroup)),
        text: `VWAP ✓ ${i}`,
        position: i % perGroup,
      })),
    ],
    [
      'trade_playbooks',
      times(played.length, (i) => ({
        id: cuid('tpb', i),
        tradeId: trade(played[i] ?? 0),
        playbookId: cuid('plb', playbookOf(i)),
      })),
    ],
    [
      'trade_playbook_prerequisites',
      times(played.length * 2, (i) => ({
        tradePlaybookId: cuid('tpb', Math.floor(i / 2)),
        prerequisiteId: cuid('pre', playbookOf(Math.floor(i / 2)) * perPlaybook + (i % 2)),
        checked: i % 3 === 0,
      })),
    ],
  ];
};
