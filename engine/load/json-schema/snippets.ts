/** What an editor offers for a new entry of `steps`. `$1` is where the cursor goes first. */

export interface Snippet {
  readonly label: string;
  readonly description: string;
  readonly body: unknown;
}

export const entrySnippets: readonly Snippet[] = [
  {
    label: 'command',
    description: 'A step that runs a command, and the check that follows it',
    body: {
      id: '${1:id}',
      type: 'command',
      with: { run: ['${2:program}', '${3:argument}'] },
      verify: [{ type: 'command', with: { run: ['${4:program}'], effects: 'read' } }],
    },
  },
  {
    label: 'gate',
    description: 'A go/no-go decision of people',
    body: {
      id: '${1:go-no-go}',
      type: 'gate',
      with: {
        require: ['${2:step}'],
        prompt: '${3:Go live?}',
        approvers: ['${4:lead}'],
        timeout: '${5:5m}',
      },
    },
  },
  {
    label: 'wait',
    description: 'Waits for a time',
    body: { id: '${1:id}', type: 'wait', with: { for: '${2:2m}' } },
  },
  {
    label: 'watch',
    description: 'Repeats a measurement',
    body: {
      id: '${1:id}',
      type: 'watch',
      with: {
        measure: { type: 'http.check', with: { url: '${2:https://example.org/healthz}' } },
        interval: '${3:30s}',
        count: '^${4:10}',
      },
    },
  },
  {
    label: 'checklist',
    description: 'Items that must all pass',
    body: {
      id: '${1:id}',
      type: 'checklist',
      with: { items: [{ id: '${2:item}', say: '${3:What must be true}' }], approvers: ['${4:lead}'] },
    },
  },
  {
    label: 'parallel',
    description: 'Acts that run at the same time',
    body: { parallel: [{ id: '${1:id}', type: '${2:command}' }] },
  },
  {
    label: 'for_each',
    description: 'A step that runs once for each item of a list',
    body: {
      id: '${1:id}',
      for_each: '${{ vars.${2:list} }}',
      key: '${{ each.${3:name} }}',
      type: '${4:command}',
    },
  },
  {
    label: 'group',
    description: 'Steps that run in order, once for each item; the items run at the same time',
    body: {
      id: '${1:id}',
      for_each: '${{ vars.${2:list} }}',
      key: '${{ each.${3:name} }}',
      mode: 'parallel',
      group: [{ id: '${4:id}', type: '${5:command}' }],
    },
  },
  {
    label: 'point_of_no_return',
    description: 'After the next act nothing is rolled back',
    body: { point_of_no_return: { forward_fix: '${1:./forward-fix.md}' } },
  },
];
